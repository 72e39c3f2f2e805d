package programme

import (
	"maps"
	"slices"
)

// MistakeCodes are the codes of all sorts of mistakes.
func MistakeCodes() []string { return slices.Sorted(maps.Keys(mistakesEN)) }
