package main

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
	"github.com/stretchr/testify/require"
)

// variables are the names that config reads, with their defaults.
func variables() map[string]string {
	all := map[string]string{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		if name := field.Tag.Get("env"); name != "" { // others are for dev to set
			all[name] = field.Tag.Get("envDefault")
		}
	}
	return all
}

// readOnly reads a configuration out of these variables and no others.
func readOnly(t testing.TB, environment map[string]string) config {
	t.Helper()
	c, err := env.ParseAsWithOptions[config](env.Options{Environment: environment})
	require.NoError(t, err)
	return c
}

func complete() map[string]string {
	return map[string]string{
		"DATABASE_URL": "postgres://x", "TEMPORAL_ADDRESS": "temporal:7233", "BASE_URL": "https://coaching.example.com", "BLOB_URL": "s3://bucket",
		"LINK_KEYS": "1:" + strings.Repeat("A", 43) + "=", "MAIL_FROM": "Acme <coaching@mail.acme.example>", "MAIL_TRANSPORT": "smtp", "SMTP_ADDR": "mail:587",
		"INBOUND_DOMAIN": "in.acme.example", "AUTHSERV_ID": "mx.acme.example", "IMAP_ADDR": "mail:993", "IMAP_USERNAME": "in", "IMAP_PASSWORD": "secret",
	}
}

func TestConfig_CompleteIsFine(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"serve", "worker", "migrate"} {
		require.NoError(t, readOnly(t, complete()).check(command), command)
	}
}

func TestConfig_TrustedProxies(t *testing.T) {
	t.Parallel()
	for written, want := range map[string][]string{"": nil, "10.0.0.1": {"10.0.0.1"}, " 10.0.0.1, 2001:db8::/32 ,": {"10.0.0.1", "2001:db8::/32"}} {
		require.Equal(t, want, readOnly(t, map[string]string{"TRUSTED_PROXIES": written}).trustedProxies(), written)
	}
}

func TestConfig_NameOfTheReceivingServer(t *testing.T) {
	t.Parallel()
	for id, fault := range map[string]string{"mx.acme.example": "", "microsoft-365": "", "acme-example.mail.protection.outlook.com": "microsoft-365", "mx.acme.example; none": "before the first semicolon"} {
		environment := complete()
		environment["AUTHSERV_ID"] = id
		err := readOnly(t, environment).check("serve")
		if fault == "" {
			require.NoError(t, err, id)
		} else {
			require.ErrorContains(t, err, fault, id)
		}
	}
}

func TestConfig_TellsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	needed := map[string][]string{
		"migrate": {"DATABASE_URL"},
		"serve": {"DATABASE_URL", "TEMPORAL_ADDRESS", "BASE_URL", "BLOB_URL", "LINK_KEYS", "MAIL_FROM", "MAIL_TRANSPORT",
			"INBOUND_DOMAIN", "AUTHSERV_ID"},
	}
	needed["worker"] = append(slices.Clone(needed["serve"]), "IMAP_ADDR", "IMAP_USERNAME", "IMAP_PASSWORD")
	for command, names := range needed {
		err := readOnly(t, nil).check(command)
		require.Error(t, err, command)
		lines := strings.Split(err.Error(), "\n")
		require.Len(t, lines, len(names), "%s: one line for each problem: %q", command, lines)
		for i, name := range names {
			require.True(t, strings.HasPrefix(lines[i], name), "%s: %q is about %s", command, lines[i], name)
		}
	}
}

func TestConfig_RefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]struct{ variable, value string }{
		"address with a slash":   {"BASE_URL", "https://coaching.example.com/"},
		"address without scheme": {"BASE_URL", "coaching.example.com"},
		"another scheme":         {"BASE_URL", "ftp://coaching.example.com"},
		"key too short":          {"LINK_KEYS", "1:AAAA"},
		"key without number":     {"LINK_KEYS", strings.Repeat("A", 43) + "="},
		"no sender":              {"MAIL_FROM", "Acme"},
		"unknown transport":      {"MAIL_TRANSPORT", "pigeon"},
		"resend without a key":   {"MAIL_TRANSPORT", "resend"},
		"SMTP without a port":    {"SMTP_ADDR", "mail"},
		"unknown security":       {"SMTP_TLS", "maybe"},
		"mailbox unprotected?":   {"IMAP_TLS", "off"},
		"read and not kept":      {"KEEP_MAIL_MB", "29"},
		"kept in bytes":          {"KEEP_MAIL_MB", "157286400"},
		"webhook secret":         {"RESEND_WEBHOOK_SECRET", "secret"},
	} {
		environment := complete()
		environment[wrong.variable] = wrong.value
		require.Error(t, readOnly(t, environment).check("worker"), name)
	}
}

// A configuration goes through the environment and comes out as it was.
func TestConfig_SurvivesTheEnvironment(t *testing.T) {
	t.Parallel()
	c := readOnly(t, complete())
	again := map[string]string{}
	for _, line := range environ(c) {
		name, value, _ := strings.Cut(line, "=")
		again[name] = value
	}
	require.Equal(t, c, readOnly(t, again))
}

var tableRow = regexp.MustCompile(`(?m)^\| (.+?) \| (.+?) \| (.+?) \| .+ \|$`)

// TestConfiguration_IsDocumented holds docs/configuration.md against config:
// every variable once, with its default.
func TestConfiguration_IsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/configuration.md")
	require.NoError(t, err)
	known := variables()
	var documented []string
	for _, row := range tableRow.FindAllStringSubmatch(string(page), -1) {
		if row[1] == "variable" {
			continue
		}
		for _, name := range strings.Split(row[1], ", ") {
			name = strings.Trim(name, "`")
			documented = append(documented, name)
			if byDefault := known[name]; byDefault != "" {
				require.Equal(t, "`"+byDefault+"`", row[3], "default of %s", name)
			}
		}
	}
	var names []string
	for name := range known {
		names = append(names, name)
	}
	require.ElementsMatch(t, names, documented)
}
