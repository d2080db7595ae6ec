package parts

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/a-h/templ"
)

//go:embed icons/*.svg
var iconFiles embed.FS

// icons are the pictures by name, ready to be written. A file that is none stops
// the program when it starts.
var icons = func() map[string]string {
	made, err := readIcons(iconFiles)
	if err != nil {
		panic(err)
	}
	return made
}()

// Icon draws one of the icons in web/parts/icons, as large as a line and in the
// colour of the words around it. It is left out by screen readers: what it means stands
// beside it, or in the label of the button. A page with an icon that is not there fails.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		icon, known := icons[name]
		if !known {
			return fmt.Errorf("there is no icon %q in web/parts/icons", name)
		}
		_, err := io.WriteString(w, icon)
		return err
	})
}

const iconBegin = `<svg class="icon" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">`

func readIcons(files fs.FS) (map[string]string, error) {
	made := map[string]string{}
	paths, err := fs.Glob(files, "icons/*.svg")
	if err != nil {
		return nil, fmt.Errorf("read icons: %w", err)
	}
	for _, path := range paths {
		source, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, fmt.Errorf("read icons: %w", err)
		}
		shapes, whole := shapesOf(string(source))
		if !whole {
			return nil, fmt.Errorf("read icons: %s is no icon of Tabler's outline set", path)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "icons/"), ".svg")
		made[name] = iconBegin + shapes + "</svg>"
	}
	return made, nil
}

// iconFrame is the first shape of every icon: a square that nobody sees.
const iconFrame = `<path stroke="none" d="M0 0h24v24H0z" fill="none" />`

// shapesOf is what an icon is drawn of.
func shapesOf(source string) (shapes string, whole bool) {
	head, rest, begins := strings.Cut(source, iconFrame)
	inside, after, ends := strings.Cut(rest, "</svg>")
	if !begins || !ends || !strings.HasPrefix(head, "<svg\n") || strings.TrimSpace(after) != "" {
		return "", false
	}
	var out strings.Builder
	for line := range strings.Lines(inside) {
		out.WriteString(strings.Replace(strings.TrimSpace(line), " />", "/>", 1))
	}
	return out.String(), out.Len() > 0
}
