package engine_test

import (
	"slices"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/engine"
)

// miniature is a country of two municipalities with every fault that data about authorities can have.
func miniature(t *testing.T) *definitions.Shared {
	t.Helper()
	name := func(fi, sv, en string) definitions.Text {
		return definitions.Text{By: map[definitions.Lang]string{definitions.Finnish: fi, definitions.Swedish: sv, definitions.English: en}}
	}
	endOf2025, new2026 := day(t, "2025-12-31"), day(t, "2026-01-01")
	s := &definitions.Shared{
		Municipalities: []*definitions.Municipal{
			{Code: "049", Name: name("Espoo", "Esbo", "Espoo")},
			{Code: "091", Name: name("Helsinki", "Helsingfors", "Helsinki")},
		},
		Authorities: []*definitions.Authority{
			{ID: "old", Type: "region", Name: name("Vanha virasto", "Gamla verket", "Old Agency"), Until: endOf2025, Successor: []string{"new", "other"}},
			{ID: "new", Type: "region", Name: name("Uusi virasto", "Nya verket", "New Agency"), From: new2026},
			{ID: "other", Type: "region", Name: name("Toinen virasto", "Andra verket", "Other Agency")},
			{ID: "kunta-091", Type: "municipality", Name: name("Helsinki", "Helsingfors", "Helsinki")},
		},
		Areas: []definitions.Area{
			{Type: "region", Municipality: "091", Authority: "old", Until: endOf2025},
			{Type: "region", Municipality: "091", Authority: "new", From: new2026},
			{Type: "double", Municipality: "091", Authority: "new"},
			{Type: "double", Municipality: "091", Authority: "other"},
			{Type: "stale", Municipality: "091", Authority: "old"},
			{Type: "ghost", Municipality: "091", Authority: "nobody"},
		},
		Roles: []definitions.RoleRow{
			{Role: "regional", AuthorityType: "region"},
			{Role: "split", AuthorityType: "region", Until: endOf2025},
			{Role: "split", Authority: "other", From: new2026},
			{Role: "local", AuthorityType: "municipality"},
			{Role: "national", Authority: "other"},
			{Role: "future", Authority: "other", From: day(t, "2030-01-01")},
			{Role: "twice", Authority: "other"},
			{Role: "twice", AuthorityType: "region", From: new2026},
			{Role: "doubled", AuthorityType: "double"},
			{Role: "stale", AuthorityType: "stale"},
			{Role: "haunted", AuthorityType: "ghost"},
			{Role: "haunted_nationally", Authority: "nobody"},
		},
	}
	s.Index()
	return s
}

func TestCompetent(t *testing.T) {
	s := miniature(t)
	for _, tc := range []struct {
		to, municipality, on string
		want, role           string // the authority and its role, or
		code                 engine.UnroutedCode
		says                 string // a part of the message for the keeper of the definitions
		tells                string // a part of the English text for the customer
	}{
		{to: "other", municipality: "", on: "2026-01-01", want: "other"},
		{to: "old", municipality: "091", on: "2025-12-31", want: "old"},
		{to: "new", municipality: "091", on: "2026-01-01", want: "new"},
		{to: "regional", municipality: "091", on: "2025-12-31", want: "old", role: "regional"},
		{to: "regional", municipality: "091", on: "2026-01-01", want: "new", role: "regional"},
		{to: "split", municipality: "091", on: "2025-12-31", want: "old", role: "split"},
		{to: "split", municipality: "", on: "2026-01-01", want: "other", role: "split"},
		{to: "local", municipality: "091", on: "2026-01-01", want: "kunta-091", role: "local"},
		{to: "national", municipality: "999", on: "2026-01-01", want: "other", role: "national"},

		{to: "old", municipality: "091", on: "2026-01-01", code: engine.AuthorityNotInForce,
			says: `"old" has not existed since 2026-01-01; its tasks went to new, other: name a role`, tells: "ceased to exist on 31 December 2025. Its tasks went to: New Agency, Other Agency."},
		{to: "new", municipality: "091", on: "2025-12-31", code: engine.AuthorityNotInForce,
			says: `"new" exists only from 2026-01-01`, tells: "New Agency starts only on 1 January 2026."},
		{to: "stale", municipality: "091", on: "2026-06-01", code: engine.AuthorityNotInForce, says: "has not existed since 2026-01-01", tells: "Old Agency"},
		{to: "mayor", municipality: "091", on: "2026-01-01", code: engine.UnknownRole, says: `"mayor" is neither`, tells: "cannot be named"},
		{to: "future", municipality: "091", on: "2026-01-01", code: engine.NoRowForRole, says: `no row for the role "future" on 2026-01-01`, tells: "cannot be named"},
		{to: "twice", municipality: "091", on: "2026-01-01", code: engine.RoleOverlap, says: "other, region", tells: "cannot be named"},
		{to: "twice", municipality: "091", on: "2025-12-31", want: "other", role: "twice"},
		{to: "regional", municipality: "", on: "2026-01-01", code: engine.PlaceUnknown, says: "depends on the municipality", tells: "which municipality"},
		{to: "local", municipality: "", on: "2026-01-01", code: engine.PlaceUnknown, says: "depends on the municipality", tells: "which municipality"},
		{to: "regional", municipality: "999", on: "2026-01-01", code: engine.MunicipalityUnknown, says: `no municipality "999"`, tells: "no municipality 999"},
		{to: "regional", municipality: "049", on: "2026-01-01", code: engine.NoArea, says: `no authority of type "region" for municipality 049`, tells: "municipality of Espoo"},
		{to: "local", municipality: "049", on: "2026-01-01", code: engine.AuthorityUnknown, says: `leads to "kunta-049"`, tells: "cannot be named"},
		{to: "doubled", municipality: "091", on: "2026-01-01", code: engine.AreaOverlap, says: "new, other", tells: "cannot be named"},
		{to: "haunted", municipality: "091", on: "2026-01-01", code: engine.AuthorityUnknown, says: `leads to "nobody"`, tells: "cannot be named"},
		{to: "haunted_nationally", municipality: "", on: "2026-01-01", code: engine.AuthorityUnknown, says: `leads to "nobody"`, tells: "cannot be named"},
	} {
		where := tc.to + " " + tc.municipality + " " + tc.on
		a, role, reason := engine.Competent(s, tc.to, tc.municipality, day(t, tc.on))
		if tc.code == "" {
			if reason != nil || a == nil || a.ID != tc.want || role != tc.role {
				t.Errorf("%s: %+v %q %v, want %s %q", where, a, role, reason, tc.want, tc.role)
			}
			continue
		}
		if a != nil || role != "" || reason == nil || reason.Code != tc.code {
			t.Errorf("%s: %+v %q %+v, want %s", where, a, role, reason, tc.code)
			continue
		}
		if !strings.Contains(reason.Error(), tc.says) {
			t.Errorf("%s: %q, want %q", where, reason.Error(), tc.says)
		}
		if got := reason.Text(definitions.English); !strings.Contains(got, tc.tells) {
			t.Errorf("%s: %q, want %q", where, got, tc.tells)
		}
		texts := []string{reason.Text(definitions.Finnish), reason.Text(definitions.Swedish), reason.Text(definitions.English)}
		slices.Sort(texts)
		if texts[0] == "" || len(slices.Compact(texts)) != 3 {
			t.Errorf("%s: texts in three languages: %q", where, texts)
		}
	}
}

// shippedRoles lists the role ids of the shipped definitions, each once.
func shippedRoles(s *definitions.Shared) []string {
	var ids []string
	for _, r := range s.Roles {
		if !slices.Contains(ids, r.Role) {
			ids = append(ids, r.Role)
		}
	}
	return ids
}

func TestEveryRoleHasOneAuthorityEverywhere(t *testing.T) {
	s := shipped(t).Shared
	if len(s.Municipalities) != 308 {
		t.Errorf("%d municipalities, want 308", len(s.Municipalities))
	}
	for _, on := range []string{"2025-12-31", "2026-01-01", "2026-11-24"} {
		for _, role := range shippedRoles(s) {
			for _, m := range s.Municipalities {
				a, got, reason := engine.Competent(s, role, m.Code, day(t, on))
				if reason != nil || a == nil || got != role {
					t.Errorf("%s in %s on %s: %v", role, m.Code, on, reason)
				}
			}
		}
	}
}

// The reform of 2026-01-01 moved these roles everywhere on the mainland and left the others where they were.
func TestTheReformOf2026(t *testing.T) {
	moved := []string{
		"environmental_permit_state", "environmental_supervision_state", "eia_contact_authority", "nature_conservation_derogation",
		"roads_and_traffic_permit", "business_and_rural_development", "public_transport", "social_health_supervision_state",
		"alcohol_licence", "occupational_safety", "food_and_animal_state", "consumer_regional", "state_road_closure", "state_road_traffic",
	}
	s := shipped(t).Shared
	for _, role := range moved {
		if s.Role(role) == nil {
			t.Errorf("the role %s is gone", role)
		}
	}
	for _, role := range shippedRoles(s) {
		for _, m := range s.Municipalities {
			if m.Region == "21" { // Åland keeps its own authorities, except where a national one took over
				continue
			}
			before, _, no1 := engine.Competent(s, role, m.Code, day(t, "2025-12-31"))
			after, _, no2 := engine.Competent(s, role, m.Code, day(t, "2026-01-01"))
			if no1 != nil || no2 != nil {
				continue // reported by the test above
			}
			if differs := before.ID != after.ID; differs != slices.Contains(moved, role) {
				t.Errorf("%s in %s: %s, then %s", role, m.Code, before.ID, after.ID)
			}
		}
	}
	for _, tc := range []struct{ role, municipality, on, want string }{
		{"environmental_permit_state", "698", "2025-12-31", "avi-pohjois-suomi"}, // Rovaniemi: permits of Lapland were decided in Oulu
		{"alcohol_licence", "698", "2025-12-31", "avi-lappi"},
		{"environmental_permit_state", "698", "2026-01-01", "lvv"},
		{"roads_and_traffic_permit", "109", "2025-12-31", "ely-uusimaa"}, // Hämeenlinna: three centres by task
		{"environmental_supervision_state", "109", "2025-12-31", "ely-hame"},
		{"roads_and_traffic_permit", "109", "2026-01-01", "evk-sisa-suomi"},
		{"roads_and_traffic_permit", "398", "2026-01-01", "evk-kaakkois-suomi"}, // Lahti: Häme was split
		{"environmental_permit_state", "478", "2026-01-01", "ax-amhm"},          // Mariehamn
		{"public_event_notice", "091", "2026-11-24", "pol-helsinki"},
		{"event_rescue_plan", "091", "2026-11-24", "pel-helsinki"},
		{"building_control", "091", "2026-11-24", "kunta-091"},
	} {
		a, _, reason := engine.Competent(s, tc.role, tc.municipality, day(t, tc.on))
		if reason != nil || a.ID != tc.want {
			t.Errorf("%s in %s on %s: %v %v, want %s", tc.role, tc.municipality, tc.on, a, reason, tc.want)
		}
	}
	for _, gone := range []string{"avi-etela-suomi", "ely-uusimaa"} {
		if _, _, reason := engine.Competent(s, gone, "091", day(t, "2026-01-01")); reason == nil ||
			reason.Code != engine.AuthorityNotInForce || len(reason.Successors) == 0 {
			t.Errorf("%s in 2026: %+v", gone, reason)
		}
	}
}

func TestShippedDaysOff(t *testing.T) {
	checkFiveYears(t, calendar(t, shipped(t).Shared.Holidays))
}
