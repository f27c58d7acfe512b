package event

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestAnswersReadWhatTheyWrite(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 2000 {
		want := Random(random)
		document := want.JSON(nil)
		var got Answers
		decoder := json.NewDecoder(bytes.NewReader(document))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&got); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\n%+v\n%+v", document, got, want)
		}
		seen[string(document)] = true
	}
	if len(seen) < 1990 {
		t.Errorf("%d different sets of 2000", len(seen))
	}
}
