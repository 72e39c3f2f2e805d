package web

import (
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"hemvist/internal/errs"
)

// readRequest reads what was sent, once for all handlers. An address that is not text leads nowhere. In a value, what is not text
// becomes the replacement character, which no field takes: so a page that repeats what was typed is always text. A file stays as it
// is: who reads it says what is wrong with it.
func readRequest(r *http.Request) error {
	if textOf(r.URL.Path) != r.URL.Path {
		return errs.New(errs.NotFound, "")
	}
	if query := r.URL.Query(); makeText(query) {
		r.URL.RawQuery = query.Encode()
	}
	err := readForm(r)
	var files map[string][]*multipart.FileHeader
	if r.MultipartForm != nil {
		files = r.MultipartForm.File
	}
	for name, values := range r.PostForm {
		if files[name] == nil {
			makeText(url.Values{name: values})
		}
	}
	return err
}

// makeText makes all values into text, and tells whether one was not.
func makeText(values url.Values) (changed bool) {
	for _, all := range values {
		for i, value := range all {
			all[i] = textOf(value)
			changed = changed || all[i] != value
		}
	}
	return changed
}

// textOf is s with the replacement character for what is not UTF-8, and for NUL, which neither a page nor PostgreSQL can hold.
func textOf(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
