package programme

import "github.com/goccy/go-yaml/ast"

// YAML reads one document of plain YAML within the limits that definitions have, for the product's other files that people write
// by hand. The node is nil when what is wrong stops it; the mistakes, with their places, say why.
func YAML(file string, src []byte) (ast.Node, []Mistake) {
	r := &reader{file: file}
	n := r.tree(src)
	return n, r.sorted()
}

// At is the line and the column at which a node begins, both from 1.
func At(n ast.Node) (line, column int) {
	p := startOf(n)
	return p.line, p.column
}

// Scalar is the text of a node that is one value.
func Scalar(n ast.Node) (text string, ok bool) { return raw(n) }

// Pairs are the keys and values of a mapping; nil when the node is none.
func Pairs(n ast.Node) []*ast.MappingValueNode { return pairs(n) }
