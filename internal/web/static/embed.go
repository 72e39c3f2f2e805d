// Package static holds what a browser fetches beside the pages: style sheets, scripts, fonts and
// pictures, embedded in the binary. It gives each file an address with a hash of its content, so
// that a browser may keep it for ever, and serves it compressed.
//
// It never serves anything that depends on who asks, and never reads a file from disk.
package static

import (
	"embed"
	"io/fs"
)

//go:embed css/*.css js/*.js fonts/*.woff2 img/*.svg third_party/*.css third_party/*.js licences/*.txt
var files embed.FS

// FS returns the embedded files under their plain names, for example "css/hemvist.css".
func FS() fs.FS { return files }

// Styles returns the addresses of the style sheets of a staff page, in the order in which the page
// must name them: the theme declares the values, Designsystemet uses them, ours come last and win.
func Styles() []string {
	return urls("third_party/theme.css", "third_party/designsystemet.css", "css/fonts.css", "css/hemvist.css",
		"css/bar.css", "css/steps.css", "css/parts.css", "css/list.css", "css/form.css", "css/attendance.css", "css/programmes.css", "css/text.css",
		"css/overview.css", "css/print.css")
}

// Scripts returns the addresses of the scripts of a staff page, in the order in which the page must
// name them, each with defer. Ours comes first: it translates labels before Designsystemet reads them.
func Scripts() []string {
	return urls("js/hemvist.js", "third_party/designsystemet.js", "third_party/htmx.min.js")
}

// Preloads returns the addresses of the two fonts that every Swedish or English page needs at once.
func Preloads() []string {
	return urls("fonts/source-sans-3-latin-wght-normal.woff2", "fonts/source-serif-4-latin-600-normal.woff2")
}

// Light returns the address of the one style sheet of a page for parents and the public: it uses no font and no script of ours.
func Light() string { return URL("css/light.css") }

// Sheet returns the address of the further style sheet of a page that is a sheet of paper.
func Sheet() string { return URL("css/sheet.css") }

// Icon returns the address of the icon that a browser shows beside the title.
func Icon() string { return URL("img/hemvist.svg") }

func urls(names ...string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = URL(name)
	}
	return out
}
