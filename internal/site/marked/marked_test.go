package marked_test

import (
	"slices"
	"strings"
	"testing"

	"hemvist/internal/site/marked"
)

func TestHTML(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"headings begin at the second level", "# A\n\n## B", "<h2>A</h2>\n<h2>B</h2>\n"},
		{"and skip none", "## A\n\n#### B\n\n## C", "<h2>A</h2>\n<h3>B</h3>\n<h2>C</h2>\n"},
		{"lists and emphasis", "- *a*\n- **b**", "<ul>\n<li><em>a</em></li>\n<li><strong>b</strong></li>\n</ul>\n"},
		{"links out and in", "[a](https://www.digg.se/x) [b](/feedback) [c](mailto:a@b.example)",
			"<p><a href=\"https://www.digg.se/x\">a</a> <a href=\"/feedback\">b</a> <a href=\"mailto:a@b.example\">c</a></p>\n"},
		{"markup is left out", "a <b>c</b>\n\n<script>alert(1)</script>", "<p>a c</p>\n"},
		{"pictures are left out", "a ![x](/x.png) b", "<p>a  b</p>\n"},
		{"a script is no place", "[a](javascript:alert(1))", "<p><a href=\"#\">a</a></p>\n"},
		{"nor is another host without a scheme", "[a](//elsewhere.example)", "<p><a href=\"#\">a</a></p>\n"},
		{"signs are signs", "a & b \" < c", "<p>a &amp; b &quot; &lt; c</p>\n"},
		{"an escaped text is itself", marked.Escape("*a* [b](c) <d> 1. & `e` \\ # å"), "<p>*a* [b](c) &lt;d&gt; 1. &amp; `e` \\ # å</p>\n"},
	} {
		if got, err := marked.HTML(c.source); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for source, want := range map[string][]marked.Fault{
		"## Fine\n\n[a](https://a.example) [b](/b) [c](#c) <https://d.example> <e@f.example>": nil,
		"<b>x</b>":              {{Kind: marked.Markup}, {Kind: marked.Markup}},
		"<div>\nx\n</div>":      {{Kind: marked.Markup}},
		"![x](/y.png)":          {{Kind: marked.Picture}},
		"[x](javascript:y)":     {{Kind: marked.Link, What: "javascript:y"}},
		"[x](JaVaScRiPt:y)":     {{Kind: marked.Link, What: "JaVaScRiPt:y"}},
		"[x](data:text/html,y)": {{Kind: marked.Link, What: "data:text/html,y"}},
		"[x](//y.example)":      {{Kind: marked.Link, What: "//y.example"}},
		"<ftp://y.example>":     {{Kind: marked.Link, What: "ftp://y.example"}},
		"[x]()":                 {{Kind: marked.Link}},
		"[x](https:)":           {{Kind: marked.Link, What: "https:"}},
	} {
		if got := marked.Check(source); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", source, got, want)
		}
	}
}

// FuzzHTML: whatever is written, nothing runs and nothing leads where it may not.
func FuzzHTML(f *testing.F) {
	for _, s := range []string{"# a", "[a](javascript:b)", "<svg onload=a>", "![a](b)", "<a:b>", "[a]: javascript:b\n\n[a]", "&#106;avascript:", "[x](java\tscript:y)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := marked.HTML(s)
		if err != nil {
			t.Fatal(err)
		}
		low := strings.ToLower(got)
		for _, bad := range []string{"<script", "<svg", "<img", "<h1", "href=\"javascript:", "href=\"data:", "href=\"//", "<iframe"} {
			if strings.Contains(low, bad) {
				t.Errorf("%q becomes %q", s, got)
			}
		}
	})
}
