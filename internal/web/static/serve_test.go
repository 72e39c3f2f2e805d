package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
)

func get(t *testing.T, method, target string, header map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) []byte {
	t.Helper()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestEveryEmbeddedFileIsServedAtItsAddress(t *testing.T) {
	count := 0
	err := fs.WalkDir(FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		count++
		res := get(t, http.MethodGet, URL(name), nil)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
		if kind := res.Header.Get("Content-Type"); kind == "" || kind != types[path.Ext(name)] {
			t.Errorf("%s: media type %q", name, kind)
		}
		if got := res.Header.Get("Cache-Control"); got != immutable {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if got := res.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", name, got)
		}
		if !bytes.Equal(body(t, res), index()[name].content) {
			t.Errorf("%s: other content than embedded", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 20 {
		t.Errorf("only %d files are embedded", count)
	}
}

func TestGzipHoldsTheSameContent(t *testing.T) {
	for _, target := range Styles() {
		res := get(t, http.MethodGet, target, map[string]string{"Accept-Encoding": "br, gzip;q=0.8"})
		if res.Header.Get("Content-Encoding") != "gzip" || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Fatalf("%s: encoding %q, vary %q", target, res.Header.Get("Content-Encoding"), res.Header.Get("Vary"))
		}
		r, err := gzip.NewReader(bytes.NewReader(body(t, res)))
		if err != nil {
			t.Fatal(err)
		}
		unzipped, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if plain := body(t, get(t, http.MethodGet, target, nil)); !bytes.Equal(plain, unzipped) {
			t.Errorf("%s: gzip and plain differ", target)
		}
	}
}

func TestEncodingIsNegotiated(t *testing.T) {
	for header, want := range map[string]bool{
		"gzip": true, "gzip, deflate, br": true, "*": true, "br;q=1, gzip; q=0.5": true,
		"": false, "identity": false, "gzip;q=0": false, "gzip; q=0.000": false, "x-gzipped": false,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("acceptsGzip(%q) = %v", header, got)
		}
	}
	font := Preloads()[0]
	if res := get(t, http.MethodGet, font, map[string]string{"Accept-Encoding": "gzip"}); res.Header.Get("Content-Encoding") != "" {
		t.Error("a font, compressed already, was compressed again")
	}
}

func TestNotModified(t *testing.T) {
	target := URL("css/hemvist.css")
	for _, encoding := range []string{"", "gzip"} {
		first := get(t, http.MethodGet, target, map[string]string{"Accept-Encoding": encoding})
		tag := first.Header.Get("ETag")
		again := get(t, http.MethodGet, target, map[string]string{"Accept-Encoding": encoding, "If-None-Match": "W/\"other\", " + tag})
		if again.StatusCode != http.StatusNotModified || len(body(t, again)) != 0 {
			t.Errorf("encoding %q: status %d for a known tag", encoding, again.StatusCode)
		}
		stale := get(t, http.MethodGet, target, map[string]string{"Accept-Encoding": encoding, "If-None-Match": `"other"`})
		if stale.StatusCode != http.StatusOK {
			t.Errorf("encoding %q: status %d for an unknown tag", encoding, stale.StatusCode)
		}
	}
	plain := get(t, http.MethodGet, target, nil).Header.Get("ETag")
	zipped := get(t, http.MethodGet, target, map[string]string{"Accept-Encoding": "gzip"}).Header.Get("ETag")
	if plain == zipped {
		t.Error("two representations share an entity tag")
	}
}

func TestAnotherHashIsServedButNotKept(t *testing.T) {
	res := get(t, http.MethodGet, "/static/0000000000000000/css/hemvist.css", nil)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("status %d, Cache-Control %q", res.StatusCode, res.Header.Get("Cache-Control"))
	}
}

func TestRefused(t *testing.T) {
	for _, target := range []string{"/static/", "/static/abc", "/static/abc/", "/static/abc/css", "/static/abc/serve.go", "/static/abc/../embed.go"} {
		if res := get(t, http.MethodGet, target, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", target, res.StatusCode)
		}
	}
	if res := get(t, http.MethodPost, URL("css/hemvist.css"), nil); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") == "" {
		t.Errorf("POST: status %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
	res := get(t, http.MethodHead, URL("css/hemvist.css"), nil)
	if res.StatusCode != http.StatusOK || len(body(t, res)) != 0 || res.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: status %d, length %q", res.StatusCode, res.Header.Get("Content-Length"))
	}
	defer func() {
		if recover() == nil {
			t.Error("URL of a file that is not embedded did not panic")
		}
	}()
	URL("css/none.css")
}

// What styles name, they name by hash: a reference that is relative would be kept for ever
// under a wrong address, and one to another host would leave the house.
func TestStyleSheetsNameOnlyOurOwnFiles(t *testing.T) {
	for name, a := range index() {
		if path.Ext(name) != ".css" {
			continue
		}
		for _, part := range strings.Split(string(a.content), "url(")[1:] {
			ref := strings.Trim(part[:strings.IndexByte(part, ')')], `"'`)
			if strings.HasPrefix(ref, "data:") {
				continue
			}
			_, file, _ := strings.Cut(strings.TrimPrefix(ref, Prefix), "/")
			if known, ok := index()[file]; !ok || ref != address(file, known.hash) {
				t.Errorf("%s names %s", name, ref)
			}
		}
	}
}

// The design's ceiling for a staff page is 150 kB at the first load. 12 kB of it are left for the
// page itself.
func TestFirstLoadIsSmall(t *testing.T) {
	const ceiling = 138_000
	total := 0
	for _, list := range [][]string{Styles(), Scripts(), Preloads()} {
		for _, target := range list {
			n := len(body(t, get(t, http.MethodGet, target, map[string]string{"Accept-Encoding": "gzip"})))
			t.Logf("%7d %s", n, target)
			total += n
		}
	}
	if total > ceiling {
		t.Errorf("a staff page loads %d bytes beside itself, more than %d", total, ceiling)
	}
	t.Logf("%7d in all", total)
}
