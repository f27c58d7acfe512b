package identity

import (
	"slices"
	"testing"
)

func TestAuthoritiesAreReadFromTheClaimThatIsNamed(t *testing.T) {
	said := claims{"sub": "1", "name": "Henna Mattila", "groups": []any{"pol-helsinki", "", "pol-lounais-suomi"}, "authorities": "pol-helsinki"}
	for _, c := range []struct {
		name string
		m    ClaimMap
		want []string
	}{
		{"nothing is named", ClaimMap{}, nil},
		{"a list", ClaimMap{Authorities: Claim{"none", "groups"}}, []string{"pol-helsinki", "pol-lounais-suomi"}},
		{"one", ClaimMap{Authorities: Claim{"authorities"}}, []string{"pol-helsinki"}},
		{"a claim that is not there", ClaimMap{Authorities: Claim{"none"}}, nil},
	} {
		id, err := c.m.filled().identity(said)
		if err != nil || !slices.Equal(id.Authorities, c.want) || id.Operator {
			t.Errorf("%s: %v, %v", c.name, id.Authorities, err)
		}
	}
}

// TestEachLoginReplacesTheAuthorities holds that whoever has left an authority is in its service no more.
func TestEachLoginReplacesTheAuthorities(t *testing.T) {
	s, _ := newService(t, nil)
	id := Identity{Subject: "officer", Name: "Henna Mattila", Authorities: []string{"pol-helsinki"}, Operator: true}
	first, err := s.Accounts().SignIn(t.Context(), "x", id)
	if err != nil || !slices.Equal(first.Authorities, id.Authorities) || !first.Operator {
		t.Fatalf("%+v, %v", first, err)
	}
	id.Authorities, id.Operator = nil, false
	second, err := s.Accounts().SignIn(t.Context(), "x", id)
	if err != nil || second.ID != first.ID || len(second.Authorities) != 0 || second.Operator {
		t.Errorf("%+v, %v", second, err)
	}
}
