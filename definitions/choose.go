package definitions

import "gopkg.in/yaml.v3"

// choose returns the shape of a choice that a node means: the one with the most keys in common, nil when none fits.
func choose(n *yaml.Node, s *shape) *shape {
	var best *shape
	most := 0
	for _, alt := range s.alts {
		if fit := fits(n, alt); fit > most {
			best, most = alt, fit
		}
	}
	if best != nil && best.kind == oneOfKind {
		return choose(n, best)
	}
	return best
}

func fits(n *yaml.Node, s *shape) int {
	switch s.kind {
	case oneOfKind:
		most := 0
		for _, alt := range s.alts {
			most = max(most, fits(n, alt))
		}
		return most
	case freeKind:
		return 1
	case objectKind:
		if n.Kind != yaml.MappingNode {
			return 0
		}
		common := 1
		for i := 0; i+1 < len(n.Content) && i < 2*maxShownKeys; i += 2 {
			if s.key(n.Content[i].Value) != nil {
				common += 2
			}
		}
		return common
	case textKind:
		if n.Kind == yaml.ScalarNode {
			return 1
		}
		if n.Kind != yaml.MappingNode {
			return 0
		}
		common := 2 // a mapping with foreign keys is rather a text than an object
		for i := 0; i+1 < len(n.Content) && i < 2*maxShownKeys; i += 2 {
			if isLang(n.Content[i].Value) {
				common += 2
			}
		}
		return common
	case mapKind:
		if n.Kind == yaml.MappingNode {
			return 1
		}
		return 0
	case listKind:
		if n.Kind != yaml.SequenceNode {
			return 0
		}
		if len(n.Content) == 0 {
			return 1
		}
		return 1 + fits(n.Content[0], s.of)
	}
	if n.Kind == yaml.ScalarNode {
		return 1
	}
	return 0
}

// A mapping's shape is told from its first keys; a longer one is hostile.
const maxShownKeys = 100
