package boltstore

import (
	bolt "go.etcd.io/bbolt"

	"luvat/server/store"
)

// sheet is all the work of one case, in the order of adding, as one value. A submission adds, and its lanes order, works that belong
// together; as one value they cost one page, and the lanes need no index of their own.
type sheet struct {
	caseID  string
	works   []*work
	changed bool
}

// sheets are the sheets that one operation works on, each read once.
type sheets struct {
	tx  *bolt.Tx
	all []*sheet
}

func (s *sheets) of(caseID string) (*sheet, error) {
	for _, sh := range s.all {
		if sh.caseID == caseID {
			return sh, nil
		}
	}
	sh, err := readSheet(s.tx, caseID)
	if err == nil {
		s.all = append(s.all, sh)
	}
	return sh, err
}

// find returns the sheet and the work that an index names.
func (s *sheets) find(place []byte) (*sheet, *work, error) {
	caseID, id := splitPlace(place)
	sh, err := s.of(caseID)
	if err != nil {
		return nil, nil, err
	}
	w := sh.find(id)
	if w == nil || w.state == done {
		return nil, nil, damaged("the work of case", caseID)
	}
	return sh, w, nil
}

// save writes the sheets that changed, and their rows in due.
func (s *sheets) save() error {
	for _, sh := range s.all {
		if !sh.changed {
			continue
		}
		if err := sh.index(s.tx); err != nil {
			return err
		}
		var b []byte
		for _, w := range sh.works {
			b = appendWork(b, w)
		}
		if err := s.tx.Bucket(bucketCases).Put(sheetKey(sh.caseID), b); err != nil {
			return err
		}
	}
	return nil
}

func readSheet(tx *bolt.Tx, caseID string) (*sheet, error) {
	works, err := takeWorks(caseID, tx.Bucket(bucketCases).Get(sheetKey(caseID)))
	return &sheet{caseID: caseID, works: works}, err
}

func (sh *sheet) find(id string) *work {
	for _, w := range sh.works {
		if w.id == id {
			return w
		}
	}
	return nil
}

// add puts the work of a Change into the sheet. What has an id that is there, done work too, is there already.
func (sh *sheet) add(tx *bolt.Tx, c store.Change) error {
	b := tx.Bucket(bucketCases)
	order := b.Sequence()
	known := make(map[string]bool, len(sh.works)+len(c.Work))
	for _, w := range sh.works {
		known[w.id] = true
	}
	for _, n := range c.Work {
		if known[n.ID] {
			continue
		}
		known[n.ID] = true
		added := n.Due
		if len(c.Entries) > 0 {
			added = c.Entries[len(c.Entries)-1].At
		}
		order++
		sh.works = append(sh.works, &work{
			id: n.ID, state: waiting, order: order, queue: n.Queue, lane: n.Lane, added: added.UnixMicro(), due: n.Due.UnixMicro(), data: n.Data,
		})
		sh.changed = true
	}
	return b.SetSequence(order)
}

// laneState is what index has seen of a lane so far.
type laneState struct {
	headed bool  // its head is behind us
	until  int64 // the end of the lease in it, if there is one
	leased bool
}

// index makes due right: of work without a lane each that waits is there, of a lane its head, the oldest that waits. It is there at the
// time when it is due, or when the lease of its lane ends. The one with the lease may stand behind the head: an older one was revived
// while it was claimed.
func (sh *sheet) index(tx *bolt.Tx) error {
	lanes := map[string]*laneState{}
	for _, w := range sh.works {
		if w.state != waiting || w.lane == "" {
			continue
		}
		if lanes[w.lane] == nil {
			lanes[w.lane] = &laneState{}
		}
		if w.leased {
			lanes[w.lane].leased, lanes[w.lane].until = true, w.until
		}
	}
	due := tx.Bucket(bucketDue)
	for _, w := range sh.works {
		indexed, ready := w.state == waiting, w.due
		if w.leased {
			ready = w.until
		}
		if lane := lanes[w.lane]; indexed && lane != nil {
			indexed = !lane.headed
			lane.headed = true
			if lane.leased && lane.until > ready {
				ready = lane.until
			}
		}
		if w.indexed && (!indexed || ready != w.ready) {
			if err := due.Delete(dueKey(w.queue, w.ready, w.order)); err != nil {
				return err
			}
		}
		if indexed && (!w.indexed || ready != w.ready) {
			if err := due.Put(dueKey(w.queue, ready, w.order), place(sh.caseID, w.id)); err != nil {
				return err
			}
		}
		w.indexed, w.ready = indexed, ready
	}
	return nil
}

// claim gives a piece of work to a claimant. Another lease in its lane has run out; taking it away makes sure that it stays so, even if
// the clock is set back.
func (sh *sheet) claim(w *work, until int64) {
	for _, other := range sh.works {
		if w.lane != "" && other.lane == w.lane {
			other.leased, other.until = false, 0
		}
	}
	w.attempt++
	w.leased, w.until = true, until
	sh.changed = true
}

// settle ends the claim of a piece of work.
func (sh *sheet) settle(tx *bolt.Tx, w *work, o store.Outcome) error {
	sh.changed = true
	w.leased, w.until, w.err = false, 0, o.Error
	switch {
	case o.Done:
		w.state = done
	case o.Dead:
		w.state = dead
		return bury(tx, sh.caseID, w)
	default:
		w.due = o.Again.UnixMicro()
	}
	return nil
}

// bury puts dead work into the lists of the dead; exhume takes it out.
func bury(tx *bolt.Tx, caseID string, w *work) error {
	if err := tx.Bucket(bucketDead).Put(numberKey(w.queue, w.order), place(caseID, w.id)); err != nil {
		return err
	}
	return tx.Bucket(bucketDeadIDs).Put(place(w.id, caseID), numberKey(w.queue, w.order))
}

func exhume(tx *bolt.Tx, caseID string, w *work) error {
	if err := tx.Bucket(bucketDead).Delete(numberKey(w.queue, w.order)); err != nil {
		return err
	}
	return tx.Bucket(bucketDeadIDs).Delete(place(w.id, caseID))
}
