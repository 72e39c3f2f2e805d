package web

import (
	"net/url"
	"strconv"

	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

// list is where a list stands, with its filters: pairs of name and value. Of two of a name the later counts, and an empty value leaves
// the name out. An address has its names in the order of the alphabet.
type list struct {
	path  string
	pairs []string
}

// listAt is a list at a path with filters.
func listAt(path string, pairs ...string) list { return list{path, pairs} }

// page is the address of one of the list's pages. The first has the address of the list itself.
func (l list) page(n int) string {
	values := url.Values{}
	for i := 0; i+1 < len(l.pairs); i += 2 {
		values.Set(l.pairs[i], l.pairs[i+1])
		if l.pairs[i+1] == "" {
			values.Del(l.pairs[i])
		}
	}
	if n > 1 {
		values.Set("page", strconv.Itoa(n))
	}
	if len(values) == 0 {
		return l.path
	}
	return l.path + "?" + values.Encode()
}

// at is the same filters at another path, such as an export's.
func (l list) at(path string) list { return list{path, l.pairs} }

// with is the list with other values of some filters.
func (l list) with(pairs ...string) list {
	return list{l.path, append(append([]string{}, l.pairs...), pairs...)}
}

// pager leads from a page of the list to those beside it.
func (l list) pager(t *i18n.Printer, page, pages int) views.Pager {
	p := views.Pager{PageOf: t.T("list.page", "page", t.Number(page), "pages", t.Number(pages))}
	if page > 1 {
		p.Prev = l.page(page - 1)
	}
	if page < pages {
		p.Next = l.page(page + 1)
	}
	return p
}

// pageIn is the number of the page that is asked for. What is no number is 0, which rooms take for the first page; a number that is too
// large is the largest there is, which they take for the last.
func pageIn(values url.Values) int {
	n, _ := strconv.Atoi(values.Get("page"))
	return n
}
