package identity

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"luvat/definitions"
	"luvat/server/store"
	"luvat/server/store/storetest"
)

func newAccounts(t *testing.T, m store.Store, keys ...string) *Accounts {
	t.Helper()
	v, err := newVault(keys)
	if err != nil {
		t.Fatal(err)
	}
	return &Accounts{m, v}
}

var eero = Identity{
	Subject: "subject-1", Name: "Eero Salmi", Email: "eero@example.com", PersonalID: "210281-9988", Municipality: "853",
	Address: &Address{Street: "Mansikkatie 11", PostalCode: "20006", City: "TURKU"},
}

func TestAccountIsStable(t *testing.T) {
	m := storetest.NewMemory()
	a := newAccounts(t, m, NewKey())
	ctx := t.Context()
	first, err := a.SignIn(ctx, "suomifi", eero)
	if err != nil {
		t.Fatal(err)
	}
	married := eero
	married.Name, married.Email = "Eero Aalto", "eero.aalto@example.com"
	second, err := a.SignIn(ctx, "suomifi", married)
	if err != nil {
		t.Fatal(err)
	}
	if second.ID != first.ID || second.Name != "Eero Aalto" || second.Email != "eero.aalto@example.com" || !second.Created.Equal(first.Created) {
		t.Errorf("%+v, then %+v", first, second)
	}
	other, err := a.SignIn(ctx, "entra", eero)
	if err != nil {
		t.Fatal(err)
	}
	if other.ID == first.ID {
		t.Error("the same subject of two providers is one account")
	}
	// Parts cannot be shifted between provider and subject.
	one, _ := a.SignIn(ctx, "a", Identity{Subject: "bc", Name: "x"})
	two, _ := a.SignIn(ctx, "ab", Identity{Subject: "c", Name: "x"})
	if one.ID == two.ID {
		t.Error("two people have one account")
	}
	got, err := a.Get(ctx, first.ID)
	if err != nil || !reflect.DeepEqual(got, second) {
		t.Errorf("got %+v %v", got, err)
	}
	if _, err := a.Get(ctx, "nobody"); !errors.Is(err, ErrNoAccount) {
		t.Errorf("got %v", err)
	}
	for _, bad := range []Identity{{Name: "x"}, {}} {
		if _, err := a.SignIn(ctx, "suomifi", bad); err == nil {
			t.Error("an account without a subject")
		}
	}
}

func TestFirstLoginsAtOnce(t *testing.T) {
	a := newAccounts(t, storetest.NewMemory(), NewKey())
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			acc, err := a.SignIn(t.Context(), "suomifi", eero)
			if err != nil {
				t.Error(err)
			}
			ids[i] = acc.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("one person has several accounts: %v", ids)
		}
	}
}

func TestPersonalIDIsSealedAndApart(t *testing.T) {
	m := storetest.NewMemory()
	key := NewKey()
	a := newAccounts(t, m, key)
	acc, err := a.SignIn(t.Context(), "suomifi", eero)
	if err != nil {
		t.Fatal(err)
	}
	if holds(t, m, eero.PersonalID) || holds(t, m, eero.Subject) {
		t.Error("it is stored as it is")
	}
	if s := string(mustJSON(t, acc)); strings.Contains(s, eero.PersonalID) {
		t.Errorf("the account has it: %s", s)
	}
	if got, err := a.PersonalID(t.Context(), acc.ID); err != nil || got != eero.PersonalID {
		t.Errorf("%q %v", got, err)
	}
	if _, err := newAccounts(t, m, NewKey()).PersonalID(t.Context(), acc.ID); !errors.Is(err, errSealed) {
		t.Errorf("another key opens it: %v", err)
	}
	// The secret of one account put in the place of another does not open.
	other, _ := a.SignIn(t.Context(), "suomifi", Identity{Subject: "subject-2", Name: "x"})
	r := m.Buckets[secretBucket][acc.ID]
	r.Key = other.ID
	m.Buckets[secretBucket][other.ID] = r
	if got, err := a.PersonalID(t.Context(), other.ID); err == nil {
		t.Errorf("another account's personal identity code: %q", got)
	}
}

func TestSafetyBanMasksAddresses(t *testing.T) {
	m := storetest.NewMemory()
	a := newAccounts(t, m, NewKey())
	if _, err := a.SignIn(t.Context(), "suomifi", eero); err != nil {
		t.Fatal(err)
	}
	if !holds(t, m, "Mansikkatie") {
		t.Fatal("without a ban the address is stored")
	}
	banned := eero
	banned.Protected = true
	acc, err := a.SignIn(t.Context(), "suomifi", banned)
	if err != nil {
		t.Fatal(err)
	}
	if acc.Address != nil || acc.Municipality != "" || !acc.Protected {
		t.Errorf("%+v", acc)
	}
	if holds(t, m, "Mansikkatie") || holds(t, m, `"853"`) {
		t.Error("the address from before the ban is still stored")
	}
}

func TestKeyRotation(t *testing.T) {
	m := storetest.NewMemory()
	older, newer := NewKey(), NewKey()
	before, err := newAccounts(t, m, older).SignIn(t.Context(), "suomifi", eero)
	if err != nil {
		t.Fatal(err)
	}
	both := newAccounts(t, m, newer, older)
	if got, err := both.PersonalID(t.Context(), before.ID); err != nil || got != eero.PersonalID {
		t.Errorf("with both keys: %q %v", got, err)
	}
	after, err := both.SignIn(t.Context(), "suomifi", eero)
	if err != nil || after.ID != before.ID {
		t.Fatalf("with both keys the account is %s, was %s: %v", after.ID, before.ID, err)
	}
	// Whoever logged in meanwhile does not need the older key any more.
	alone := newAccounts(t, m, newer)
	if got, err := alone.PersonalID(t.Context(), before.ID); err != nil || got != eero.PersonalID {
		t.Errorf("with the newer key: %q %v", got, err)
	}
	if last, err := alone.SignIn(t.Context(), "suomifi", eero); err != nil || last.ID != before.ID {
		t.Errorf("with the newer key the account is %s, was %s: %v", last.ID, before.ID, err)
	}
}

func TestContactOfOnesOwn(t *testing.T) {
	a := newAccounts(t, storetest.NewMemory(), NewKey())
	acc, _ := a.SignIn(t.Context(), "suomifi", eero)
	if _, err := a.SetContact(t.Context(), acc.ID, "own@example.com", definitions.Swedish); err != nil {
		t.Fatal(err)
	}
	again, _ := a.SignIn(t.Context(), "suomifi", eero)
	if again.Email != "own@example.com" || again.Language != definitions.Swedish {
		t.Errorf("the login changed what the person wrote: %+v", again)
	}
	if _, err := a.SetContact(t.Context(), "nobody", "x@example.com", ""); !errors.Is(err, ErrNoAccount) {
		t.Errorf("got %v", err)
	}
}

func TestErase(t *testing.T) {
	m := storetest.NewMemory()
	a := newAccounts(t, m, NewKey())
	acc, _ := a.SignIn(t.Context(), "suomifi", eero)
	g := &Grants{m}
	if err := g.Give(t.Context(), acc.ID, Party{ID: "9001001-7", Name: "Aurajoen Tapahtumat Oy"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Erase(t.Context(), acc.ID); err != nil {
		t.Fatal(err)
	}
	for bucket, records := range m.Buckets {
		if len(records) > 0 {
			t.Errorf("bucket %s still has something", bucket)
		}
	}
	next, err := a.SignIn(t.Context(), "suomifi", eero)
	if err != nil || next.ID == acc.ID {
		t.Errorf("after erasing, a login finds account %s: %v", next.ID, err)
	}
}

func TestSessionOfAnErasedAccountEnds(t *testing.T) {
	s, _ := newService(t, nil)
	b := newBrowser(t, site(s))
	b.asPersona("citizen", "/")
	if err := s.Accounts().Erase(t.Context(), sessionOf(s, b).Account); err != nil {
		t.Fatal(err)
	}
	if b.who() != "" || b.cookies["luvat"] != "" {
		t.Error("the session goes on")
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "luvat.key")
	first, err := KeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newVault([]string{first}); err != nil {
		t.Error(err)
	}
	again, err := KeyFile(path)
	if err != nil || again != first {
		t.Errorf("the second time %q, the first %q: %v", again, first, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := KeyFile(filepath.Join(t.TempDir(), "no", "such", "folder")); err == nil {
		t.Error("a key in a folder that is not there")
	}
}
