package main

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/stretchr/testify/require"
)

// openAPI is the description of the API, as far as the tests walk it.
type openAPI struct {
	Paths      map[string]map[string]apiOperation `json:"paths"`
	Components struct {
		Schemas map[string]map[string]any `json:"schemas"`
	} `json:"components"`
}

type apiOperation struct {
	ID          string         `json:"operationId"`
	Parameters  []apiParameter `json:"parameters"`
	RequestBody *struct {
		Content map[string]struct {
			Schema map[string]any `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	method, path string
}

type apiParameter struct {
	Name string `json:"name"`
	In   string `json:"in"`
}

func (o *outside) openAPI() (d openAPI) {
	o.Helper()
	answer, err := o.do("GET", o.Web+"/openapi.json", nil, nil)
	require.NoError(o, err)
	require.NoError(o, json.Unmarshal(answer.Body, &d))
	return d
}

// operations are all of a method ("": any), in one order.
func (d openAPI) operations(method string) []apiOperation {
	var all []apiOperation
	for path, methods := range d.Paths {
		for name, op := range methods {
			if op.method, op.path = strings.ToUpper(name), strings.TrimPrefix(path, "/api/v1"); method == "" || op.method == method {
				all = append(all, op)
			}
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}

// apiField is a field of a body that has no fields of its own. The path is that of
// names and, as "0", of the first of a list.
type apiField struct {
	path   []string
	schema map[string]any
}

func (f apiField) String() string { return strings.Join(f.path, ".") }

// fields are those of an operation's body.
func (d openAPI) fields(op apiOperation) []apiField {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"].Schema == nil { // files are no fields
		return nil
	}
	var out []apiField
	d.walk(op.RequestBody.Content["application/json"].Schema, nil, func(f apiField) { out = append(out, f) })
	return out
}

func (d openAPI) walk(schema map[string]any, path []string, found func(apiField)) {
	if ref, is := schema["$ref"].(string); is {
		d.walk(d.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]], path, found)
		return
	}
	if types, several := schema["type"].([]any); several {
		one := map[string]any{}
		for name, value := range schema {
			one[name] = value
		}
		one["type"] = types[0]
		schema = one
	}
	properties, _ := schema["properties"].(map[string]any)
	switch {
	case schema["type"] == "array":
		d.walk(schema["items"].(map[string]any), append(slices.Clone(path), "0"), found)
	case len(properties) > 0:
		for name, property := range properties {
			d.walk(property.(map[string]any), append(slices.Clone(path), name), found)
		}
	default:
		found(apiField{path, schema})
	}
}

// at finds what stands at a path.
func at(tree any, path []string) (any, bool) {
	for _, name := range path {
		switch node := tree.(type) {
		case map[string]any:
			child, is := node[name]
			if !is {
				return nil, false
			}
			tree = child
		case []any:
			if name != "0" || len(node) == 0 {
				return nil, false
			}
			tree = node[0]
		default:
			return nil, false
		}
	}
	return tree, true
}

// put is a tree with a value at a path, and what leads there.
func put(tree any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if path[0] == "0" {
		list, _ := tree.([]any)
		list = slices.Clone(list)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = put(list[0], path[1:], value)
		return list
	}
	out := map[string]any{}
	if node, is := tree.(map[string]any); is {
		for name, child := range node {
			out[name] = child
		}
	}
	out[path[0]] = put(out[path[0]], path[1:], value)
	return out
}

// tree is a value as JSON has it.
func (o *outside) tree(value any) (out any) {
	o.Helper()
	data, err := json.Marshal(value)
	require.NoError(o, err)
	require.NoError(o, json.Unmarshal(data, &out))
	return out
}
