package programme

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a file, so that none can take the reader's time or stack.
const (
	maxBytes  = 512 << 10
	maxTokens = 120_000
	maxDepth  = 24  // brackets within brackets
	maxIndent = 100 // columns before the first word of a line
	maxItems  = 500 // of one list
)

// place is a line and a column, both from 1.
type place struct{ line, column int }

// tree reads the YAML of one document. It gives nil when what is wrong stops it from going on; the mistakes say why.
func (r *reader) tree(src []byte) ast.Node {
	if len(src) > maxBytes {
		r.wrong(place{1, 1}, "too-big", "limit", strconv.Itoa(maxBytes>>10))
		return nil
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if !r.cleanLines(src) {
		return nil
	}
	tokens := lexer.Tokenize(string(src))
	if !r.cleanTokens(tokens) {
		return nil
	}
	file := r.parse(tokens)
	if file == nil {
		return nil
	}
	if len(file.Docs) > 1 {
		r.wrong(startOf(file.Docs[1]), "several-documents")
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		r.wrong(place{1, 1}, "empty-file")
		return nil
	}
	return file.Docs[0].Body
}

// parse turns tokens into a tree. The parser is not ours: a panic in it is a file that cannot be read.
func (r *reader) parse(tokens token.Tokens) (file *ast.File) {
	defer func() {
		if recover() != nil {
			r.wrong(place{1, 1}, "not-yaml")
			file = nil
		}
	}()
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	return file
}

// syntax places what the parser says.
func (r *reader) syntax(err error) {
	var placed interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &placed) {
		r.wrong(place{1, 1}, "not-yaml")
		return
	}
	at, message := tokenPlace(placed.GetToken()), placed.GetMessage()
	if t := placed.GetToken(); t != nil && (t.Type == token.SequenceEndType || t.Type == token.MappingEndType) {
		r.wrong(at, "bracket-close")
		return
	}
	for _, known := range []struct{ part, code string }{
		{"sequence end token ']' not found", "bracket-open"}, {"could not find flow map", "bracket-open"},
		{"flow mapping end token", "bracket-open"}, {"flow map content", "flow-comma"}, {"',' or", "flow-comma"},
		{"character corresponding to ']'", "bracket-close"}, {"character corresponding to '}'", "bracket-close"},
		{"end character of", "quote-open"}, {"non-map value is specified", "no-colon"},
		{"unexpected key name", "no-colon"}, {"cannot start any token", "bad-character"}, {"is a reserved character", "bad-character"},
		{"mapping value is not allowed", "colon-in-text"}, {"block sequence entries are not allowed", "bad-indent"},
		{"unexpected scalar value type", "flow-comma"}, {"value is not allowed in this context", "bad-indent"},
	} {
		if strings.Contains(message, known.part) {
			r.wrong(at, known.code)
			return
		}
	}
	r.wrong(at, "not-yaml")
}

// cleanLines finds what no line may hold: broken text, control characters, tabs before the first word.
func (r *reader) cleanLines(src []byte) bool {
	before := len(r.mistakes)
	for n, line := range bytes.Split(src, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		if tab := bytes.IndexByte(line[:indent], '\t'); tab >= 0 && indent < len(line) {
			r.wrong(place{n + 1, tab + 1}, "tab")
		}
		if indent > maxIndent {
			r.wrong(place{n + 1, maxIndent + 1}, "too-deep")
		}
		column := 1
		for i := 0; i < len(line); column++ {
			c, size := utf8.DecodeRune(line[i:])
			if c == utf8.RuneError && size == 1 {
				r.wrong(place{n + 1, column}, "not-utf8")
				break
			}
			if unwanted(c) {
				r.wrong(place{n + 1, column}, "bad-character")
				break
			}
			i += size
		}
	}
	return len(r.mistakes) == before
}

// unwanted is a character that no text needs and that could deceive a reader: controls, and overrides of the writing direction.
func unwanted(c rune) bool {
	return c < 0x20 && c != '\t' || c >= 0x7f && c <= 0x9f || c == 0x202d || c == 0x202e || c == 0xfeff || c == 0x2028 || c == 0x2029
}

// cleanTokens refuses what a definition has no use for and what makes YAML hard to bound: anchors, aliases, tags, directives,
// keys that are no words, and depth.
func (r *reader) cleanTokens(tokens token.Tokens) bool {
	before := len(r.mistakes)
	if len(tokens) > maxTokens {
		r.wrong(tokenPlace(tokens[maxTokens]), "too-big", "limit", strconv.Itoa(maxBytes>>10))
		return false
	}
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			r.wrong(tokenPlace(t), "anchor")
		case token.TagType:
			r.wrong(tokenPlace(t), "tag")
		case token.DirectiveType, token.MappingKeyType:
			r.wrong(tokenPlace(t), "not-plain", "sign", t.Value)
		case token.SequenceEntryType:
			if t.Position.Column > maxIndent {
				r.wrong(tokenPlace(t), "too-deep")
			}
		case token.SequenceStartType, token.MappingStartType:
			if depth++; depth > maxDepth {
				r.wrong(tokenPlace(t), "too-deep")
				return false
			}
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
	}
	return len(r.mistakes) == before
}

func tokenPlace(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{max(1, t.Position.Line), max(1, t.Position.Column)}
}

// startOf is where a node begins: a block mapping at its first key, where the parser would name the colon.
func startOf(n ast.Node) place {
	switch n := n.(type) {
	case *ast.DocumentNode:
		if n.Start != nil {
			return tokenPlace(n.Start)
		}
		if n.Body != nil {
			return startOf(n.Body)
		}
		return place{1, 1}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return startOf(n.Values[0])
		}
	case *ast.MappingValueNode:
		return tokenPlace(n.Key.GetToken())
	case nil:
		return place{1, 1}
	}
	return tokenPlace(n.GetToken())
}
