package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"luvat/server/store"
)

// What a submission of an event with eight permits writes: one entry of about 6 KB, three index rows and eight deliveries.
const (
	entrySize  = 6 * 1024
	deliveries = 8
)

var at = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

// filled is a form of many short answers, which a compressor makes little of.
var filled = func() json.RawMessage {
	var fields []string
	for i := 0; len(fields)*60 < entrySize; i++ {
		fields = append(fields, fmt.Sprintf(`"form/plan/field-%03d":"%08x %08x %08x %08x"`, i, rand.Uint32(), rand.Uint32(), rand.Uint32(), rand.Uint32()))
	}
	return json.RawMessage(`{"reference":"LV-2027-000123","data":{` + strings.Join(fields, ",") + `}}`)
}()

var counter atomic.Uint64

// caseName is the name of a new case as package casefile makes them: the time, then what nobody can guess.
func caseName() string {
	return fmt.Sprintf("%012x-%016x", time.Now().UnixMilli(), rand.Uint64()+counter.Add(1))
}

// submission is the change; its reference number says nothing of the case's name, so that what is named after it lies elsewhere.
func submission(caseID string) store.Change {
	sum := fnv.New64a()
	sum.Write([]byte(caseID))
	reference := fmt.Sprintf("LV-2027-%016X", sum.Sum64())
	c := store.Change{
		Case:    caseID,
		Entries: []store.NewEntry{{Kind: "submitted", At: at, By: "account/4711", For: "2345678-9", Edition: "events@12f0", Data: filled}},
		Rows: []store.RowChange{
			{Index: "folder", Key: "2345678-9/" + caseID, Value: []byte(`{"title":"Festivaali Turussa","status":"submitted"}`)},
			{Index: "reference", Key: reference + "/" + caseID},
			{Index: "status", Key: "submitted/" + caseID, Value: []byte("{}")},
		},
	}
	for i := range deliveries {
		c.Work = append(c.Work, store.NewWork{
			ID: fmt.Sprintf("%s-%d/1", reference, i), Queue: "deliver", Lane: fmt.Sprintf("%s/%s-%d", caseID, reference, i), Due: at,
			Data: json.RawMessage(fmt.Sprintf(`{"filing":"requirement-%d","authority":"municipality/853","channel":"webhook"}`, i)),
		})
	}
	return c
}

// draft is what the first save of a field of a case writes; the next ones come after it.
func draft(caseID string) store.Change {
	return store.Change{
		Case:    caseID,
		Entries: []store.NewEntry{{Kind: "saved", At: at, By: "account/4711", For: "2345678-9", Edition: "events@12f0", Data: json.RawMessage(`{"form/plan/field-001":"Poistumistiet merkitään opastein ja valaistaan."}`)}},
		Rows:    []store.RowChange{{Index: "folder", Key: "2345678-9/" + caseID, Value: []byte(`{"title":"Festivaali Turussa","status":"draft"}`)}},
	}
}

// bytesOf is about what a submission carries, for the plain inserts of the same size.
func bytesOf(c store.Change) (n int) {
	for _, e := range c.Entries {
		n += len(e.Data) + len(c.Case) + len(e.Kind) + len(e.By) + len(e.For) + len(e.Edition) + 64
	}
	for _, r := range c.Rows {
		n += len(r.Index) + len(r.Key) + len(r.Value)
	}
	for _, w := range c.Work {
		n += len(w.ID) + len(w.Queue) + len(w.Lane) + len(w.Data)
	}
	return n
}
