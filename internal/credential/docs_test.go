package credential_test

import (
	"os"
	"strings"
	"testing"

	"hemvist/internal/credential"
)

// TestDocs: the page for those who write cases names every kind of fact and every status, and its examples hold.
func TestDocs(t *testing.T) {
	src, err := os.ReadFile("../../docs/credential-cases.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(src)
	for _, k := range credential.FactKinds {
		if !strings.Contains(page, "`"+string(k)+"`") {
			t.Errorf("the page does not name the fact %s", k)
		}
	}
	for _, s := range credential.Statuses {
		if !strings.Contains(page, "`"+string(s)+"`") {
			t.Errorf("the page does not name the status %s", s)
		}
	}
	whole := 0
	for _, block := range strings.Split(page, "```yaml\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(example, "programme:") {
			continue // a part of a file
		}
		whole++
		for _, f := range credential.CheckCase("credential-cases.md", []byte(example), definitions(t)) {
			t.Error(f)
		}
	}
	if whole == 0 {
		t.Error("the page has no whole example")
	}
}
