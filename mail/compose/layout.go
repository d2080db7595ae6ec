package compose

import (
	stdhtml "html"
	"regexp"
	"strings"

	"coachflow/coaching"
)

// Layout is how an organization's letters look.
type Layout struct {
	// OrganizationName stands at the head and the foot of every letter.
	OrganizationName string
	// Color is the accent of buttons and links as #rrggbb. Empty, or anything
	// else, gives a quiet blue.
	Color string
	// Logo is the whole URL of the organization's logo; empty for none. Mail programs that
	// load no pictures show the name alone.
	Logo string
	// Rich is ready-made HTML for placeholders that stand alone in a paragraph,
	// by name. It must have passed SanitizeHTML: it is written as it is. The
	// text part has the placeholder's value, as always.
	Rich map[string]string
}

const defaultColor = "#1d4ed8"

const (
	fontStack      = `-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif`
	inkColor       = "#1f2937"
	bodyStyle      = `font-family:` + fontStack + `;font-size:16px;line-height:1.55;color:` + inkColor + `;word-break:break-word;overflow-wrap:anywhere`
	paragraphStyle = `margin:0 0 16px`
	lastStyle      = `margin:0`
	quoteStyle     = `margin:0 0 16px;padding:2px 0 2px 16px;border-left:3px solid #d1d5db;color:#4b5563`
	listStyle      = `margin:0 0 16px;padding:0 0 0 24px`
	itemStyle      = `margin:0 0 6px`
	codeStyle      = `font-family:Menlo,Consolas,monospace;font-size:14px;background:#f3f4f6;padding:1px 4px;border-radius:3px`
	preStyle       = `margin:0 0 16px;padding:12px;background:#f3f4f6;border-radius:6px;font-family:Menlo,Consolas,monospace;font-size:14px;line-height:1.45;white-space:pre-wrap`
	ruleStyle      = `margin:24px 0;border:0;border-top:1px solid #e5e7eb`
)

var headingStyles = [3]string{
	`margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:600`,
	`margin:24px 0 12px;font-size:18px;line-height:1.35;font-weight:600`,
	`margin:20px 0 8px;font-size:16px;line-height:1.4;font-weight:600`,
}

// look is what follows from a Layout's color.
type look struct {
	accent    string // behind buttons
	onAccent  string // the words on a button
	linkStyle string
}

var colorRE = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// look chooses readable colors: at least 4.5 to 1 (WCAG 2.2, 1.4.3) for the
// words on a button and for links on white, whatever the organization picked.
func (l Layout) look() look {
	accent := l.Color
	if !colorRE.MatchString(accent) {
		accent = defaultColor
	}
	out := look{accent: accent, onAccent: "#ffffff"}
	linkColor := accent
	if coaching.Contrast(accent, "#ffffff") < 4.5 {
		out.onAccent = "#111827"
		linkColor = defaultColor
	}
	out.linkStyle = "color:" + linkColor + ";text-decoration:underline"
	return out
}

// button writes a link as a button: a table cell, because that is the one box
// which every mail program draws, and a tap target of more than 44 pixels.
func (k look) button(b *strings.Builder, href string, label func()) {
	b.WriteString(`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 24px"><tr><td bgcolor="` +
		k.accent + `" style="border-radius:6px;background:` + k.accent + `"><a href="` + stdhtml.EscapeString(href) +
		`" style="display:inline-block;padding:13px 24px;font-size:16px;line-height:22px;font-weight:600;color:` + k.onAccent +
		`;text-decoration:none;border-radius:6px">`)
	label()
	b.WriteString("</a></td></tr></table>\n")
}

// html writes the whole page around the blocks.
func (l Layout) html(title, preheader string, body []tplBlock, vs slotValues, rich map[int]string, footer string) string {
	w := letterHTML{values: vs, look: l.look(), rich: rich}
	w.Grow(4096)
	org := stdhtml.EscapeString(l.name())
	w.WriteString(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="supported-color-schemes" content="light">
<title>` + stdhtml.EscapeString(title) + `</title>
</head>
<body style="margin:0;padding:0;background:#f3f4f6;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">` + stdhtml.EscapeString(preheader) + preheaderEnd + `</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6"><tr><td align="center" style="padding:24px 12px">
<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px">
`)
	if l.Logo != "" {
		w.WriteString(`<tr><td style="padding:0 8px 8px"><img src="` + stdhtml.EscapeString(l.Logo) + `" alt="" height="40" style="display:block;height:40px;width:auto;max-width:240px;border:0"></td></tr>` + "\n")
	}
	if org != "" {
		w.WriteString(`<tr><td style="padding:0 8px 12px;font-family:` + fontStack + `;font-size:14px;font-weight:600;color:#4b5563">` + org + "</td></tr>\n")
	}
	w.WriteString(`<tr><td style="padding:32px 28px 16px;background:#ffffff;border:1px solid #e5e7eb;border-radius:8px;` + bodyStyle + `">` + "\n")
	w.blocks(body, false)
	w.WriteString("</td></tr>\n")
	w.footer(org, footer)
	w.WriteString("</table>\n<!--[if mso]></td></tr></table><![endif]-->\n</td></tr></table>\n</body>\n</html>\n")
	return w.String()
}

// preheaderEnd keeps mail programs from filling the preview line with what
// follows the preheader.
var preheaderEnd = strings.Repeat("&#8199;&#847; ", 30)

func (w *letterHTML) footer(org, footer string) {
	w.WriteString(`<tr><td style="padding:16px 8px 0;font-family:` + fontStack + `;font-size:13px;line-height:1.5;color:#596273;word-break:break-word">`)
	w.value(footer)
	if org != "" {
		if footer != "" {
			w.WriteString("<br>\n")
		}
		w.WriteString(org)
	}
	w.WriteString("</td></tr>\n")
}

// text sets the footer off by the line that mail programs know as the begin of
// a signature (RFC 3676, 4.3).
func (l Layout) text(body, footer string) string {
	var foot []string
	for _, line := range []string{footer, l.name()} {
		if line != "" {
			foot = append(foot, line)
		}
	}
	if len(foot) == 0 {
		return body + "\n"
	}
	return body + "\n\n-- \n" + strings.Join(foot, "\n") + "\n"
}

func (l Layout) name() string {
	return strings.Join(strings.Fields(cleanValue(l.OrganizationName)), " ")
}
