package definitions_test

import (
	"bytes"
	"testing"
	"testing/fstest"

	"luvat/definitions"
)

func TestAnArchiveGivesTheSameLibrary(t *testing.T) {
	lib, found := definitions.Load(definitions.Embedded())
	if found.HasErrors() {
		t.Fatal(found)
	}
	data, err := lib.Archive()
	if err != nil {
		t.Fatal(err)
	}
	again, err := lib.Archive()
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("the same files give other bytes (%v)", err)
	}
	roots, err := definitions.OpenArchive(data)
	if err != nil {
		t.Fatal(err)
	}
	back, found := definitions.Load(roots...)
	if found.HasErrors() {
		t.Fatal(found)
	}
	if len(back.Bundles) != len(lib.Bundles) || len(back.Sources) != len(lib.Sources) {
		t.Fatalf("%d bundles of %d files; want %d of %d", len(back.Bundles), len(back.Sources), len(lib.Bundles), len(lib.Sources))
	}
	for i, b := range lib.Bundles {
		if got, want := back.Digest(back.Bundles[i]), lib.Digest(b); got != want {
			t.Errorf("%s: digest %s; want %s", b.ID, got, want)
		}
	}
}

func TestADigestFollowsTheTextThatGovernsABundle(t *testing.T) {
	files := func(change map[string]string) fstest.MapFS {
		m := fstest.MapFS{}
		for name, text := range map[string]string{
			"bundles/one/bundle.yaml": "bundle: one\nversion: \"1\"\nfrom: 2026-01-01\ntitle: Yksi\nlanguages: [fi]\n",
			"bundles/two/bundle.yaml": "bundle: two\nversion: \"1\"\nfrom: 2026-01-01\ntitle: Kaksi\nlanguages: [fi]\n",
			"shared/laws.yaml":        "laws: {}\n",
		} {
			m[name] = &fstest.MapFile{Data: []byte(text)}
		}
		for name, text := range change {
			m[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return m
	}
	digests := func(change map[string]string) [2]string {
		lib, _ := definitions.Load(definitions.Root{FS: files(change)})
		if len(lib.Bundles) != 2 {
			t.Fatalf("%d bundles", len(lib.Bundles))
		}
		return [2]string{lib.Digest(lib.Bundles[0]), lib.Digest(lib.Bundles[1])}
	}
	plain := digests(nil)
	if plain != digests(nil) {
		t.Error("the same text has two digests")
	}
	two := digests(map[string]string{"bundles/two/more.yaml": "facts: {}\n"})
	if two[0] != plain[0] || two[1] == plain[1] {
		t.Error("a file more in bundle two must change the digest of two, and of two only")
	}
	shared := digests(map[string]string{"shared/laws.yaml": "# reviewed\nlaws: {}\n"})
	if shared[0] == plain[0] || shared[1] == plain[1] {
		t.Error("what is shared governs both")
	}
}

func TestAnArchiveThatIsNoneIsRefused(t *testing.T) {
	for _, data := range []string{"", "not a zip"} {
		if _, err := definitions.OpenArchive([]byte(data)); err == nil {
			t.Errorf("%q was opened", data)
		}
	}
}
