package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Prefix is where the handler expects to be mounted.
const Prefix = "/static/"

// hashLength is the number of hexadecimal digits of the content hash in an address.
const hashLength = 16

// immutable is sent for an address whose hash is that of the content: it can never change.
const immutable = "public, max-age=31536000, immutable"

// types are the media types of what is embedded. The system's own table is not asked: it differs
// between machines.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// asset is one file as it is served.
type asset struct {
	hash    string
	kind    string
	content []byte
	// zipped compresses on first use: not every start of the program needs every file.
	zipped func() []byte
}

// relative matches a reference from one of our style sheets to another embedded file.
var relative = regexp.MustCompile(`url\("\.\./([^"]+)"\)`)

// index knows every embedded file by its plain name.
var index = sync.OnceValue(func() map[string]asset {
	assets := make(map[string]asset)
	// Style sheets last: they name fonts by their hashed addresses, so the fonts must be known.
	for _, sheets := range []bool{false, true} {
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || (path.Ext(name) == ".css") != sheets {
				return err
			}
			content, err := files.ReadFile(name)
			if err != nil {
				return err
			}
			assets[name] = newAsset(name, content, assets)
			return nil
		})
		if err != nil {
			panic(fmt.Sprintf("static: the embedded files cannot be read: %v", err))
		}
	}
	return assets
})

func newAsset(name string, content []byte, known map[string]asset) asset {
	if strings.HasPrefix(name, "css/") {
		content = relative.ReplaceAllFunc(content, func(ref []byte) []byte {
			target := string(relative.FindSubmatch(ref)[1])
			found, ok := known[target]
			if !ok {
				panic(fmt.Sprintf("static: %s names %s, which is not embedded", name, target))
			}
			return []byte(`url("` + address(target, found.hash) + `")`)
		})
	}
	sum := sha256.Sum256(content)
	return asset{
		hash:    hex.EncodeToString(sum[:])[:hashLength],
		kind:    types[path.Ext(name)],
		content: content,
		zipped:  sync.OnceValue(func() []byte { return compress(name, content) }),
	}
}

// compress returns the content as gzip, or nil where that does not make it smaller by a tenth.
func compress(name string, content []byte) []byte {
	if path.Ext(name) == ".woff2" {
		return nil
	}
	var out bytes.Buffer
	// Neither call can fail: the level is valid and the buffer takes everything.
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	if out.Len() > len(content)*9/10 {
		return nil
	}
	return out.Bytes()
}

func address(name, hash string) string { return Prefix + hash + "/" + name }

// URL returns the address of an embedded file, with the hash of its content, for example
// "/static/1f2e…/css/hemvist.css" for "css/hemvist.css". It panics on a name that is not embedded:
// the name stands in our own code, and a page without its style must not pass a test.
func URL(name string) string {
	a, ok := index()[name]
	if !ok {
		panic("static: no embedded file " + name)
	}
	return address(name, a.hash)
}

// Handler serves the embedded files at the addresses that URL gives. An address with another hash
// (a page from before or after an upgrade, another instance during one) gets the present content,
// but is not kept by the browser.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		a, ok := index()[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r, hash)
	})
}

func (a asset) serve(w http.ResponseWriter, r *http.Request, hash string) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if hash == a.hash {
		h.Set("Cache-Control", immutable)
	}
	content, tag := a.content, `"`+a.hash+`"`
	if zipped := a.zipped(); zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			// A tag of its own: the bytes differ from those of the plain form.
			content, tag = zipped, `"`+a.hash+`-gzip"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if match := r.Header.Get("If-None-Match"); strings.Contains(match, tag) || match == "*" {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodGet {
		// A browser that went away is not our error.
		_, _ = w.Write(content)
	}
}

// acceptsGzip tells whether an Accept-Encoding header allows gzip.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding = strings.TrimSpace(coding); coding != "gzip" && coding != "*" {
			continue
		}
		q := strings.TrimSpace(quality)
		return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
	}
	return false
}
