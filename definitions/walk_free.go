package definitions

import "gopkg.in/yaml.v3"

// free reads data of any shape. Duplicate keys, anchors and depth are checked there too.
func (r *reader) free(n *yaml.Node) *Value {
	v := &Value{At: r.at(n)}
	switch n.Kind {
	case yaml.ScalarNode:
		v.Kind, v.Scalar = ScalarValue, r.scalar(n)
	case yaml.SequenceNode:
		v.Kind = ListValue
		for _, c := range n.Content {
			if item := r.freeChild(c); item != nil {
				v.Items = append(v.Items, item)
			}
		}
	case yaml.MappingNode:
		v.Kind = MapValue
		r.keys(n, func(key Scalar, value *yaml.Node) {
			if item := r.freeChild(value); item != nil {
				v.Keys = append(v.Keys, key)
				v.Items = append(v.Items, item)
			}
		})
	default:
		return nil
	}
	return v
}

func (r *reader) freeChild(n *yaml.Node) *Value {
	if !r.enter(n) {
		return nil
	}
	defer func() { r.depth-- }()
	return r.free(n)
}
