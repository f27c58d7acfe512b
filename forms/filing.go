package forms

import "fmt"

// UnknownRequirementError says that a case's form was made without a requirement.
type UnknownRequirementError struct{ Requirement string }

func (e *UnknownRequirementError) Error() string {
	return fmt.Sprintf("the form of the case was made without requirement `%s`", e.Requirement)
}

// Filing returns the data of one requirement's filing: exactly the fields that its form declares and that are shown, as the form's
// schema has them. It is empty for a requirement without a form. The error is an *UnknownRequirementError.
func (u *Union) Filing(requirement string, in Input) (map[string]any, error) {
	f, ok := u.needs[requirement]
	if !ok {
		return nil, &UnknownRequirementError{requirement}
	}
	if f == nil {
		return map[string]any{}, nil
	}
	return newView(f, in).value(), nil
}
