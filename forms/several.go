package forms

// Several reports whether the value of a field is a list: several choices, several files, the items of a list.
func (f *Field) Several() bool { return f.shape != nil && f.shape.kind == "array" }
