package casefile

import (
	"context"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"unicode"

	"luvat/definitions"
)

// The limits of attachments.
const (
	maxAttachments = 500
	maxFileName    = 200
	// MessageSlot is the slot of a document that goes with a message.
	MessageSlot = "message"
)

// File is a document whose content is kept already.
type File struct {
	Slot   string // attachment id of the definitions, key of a field for a file, or MessageSlot
	Name   string // as the customer's machine calls it; a path is taken away
	Type   string // media type, as found by the content
	Size   int64
	SHA256 string // 64 hexadecimal digits
}

// Attach adds a document and returns its id. The same content twice in one slot is one document.
func (s *Service) Attach(ctx context.Context, a Actor, id string, file File) (*Case, string, error) {
	if sum, err := hex.DecodeString(file.SHA256); err != nil || len(sum) != 32 {
		return nil, "", &Invalid{What: "attachment", Code: Wrong}
	}
	if file.Size <= 0 {
		return nil, "", &Invalid{What: "attachment", Code: Missing}
	}
	file.Name = fileName(file.Name)
	attachment, err := s.id()
	if err != nil {
		return nil, "", err
	}
	c, err := s.act(ctx, a, id, Attaching, func(d *draft) error {
		edition, err := s.editions.Edition(d.c.Edition)
		if err != nil {
			return err
		}
		if !slot(edition.Program.Bundle, file.Slot) {
			return &Invalid{What: "slot", Code: Unknown, Given: file.Slot}
		}
		for _, there := range d.c.Attachments {
			if there.Slot == file.Slot && there.SHA256 == file.SHA256 {
				attachment = there.ID
				return nil
			}
		}
		if len(d.c.Attachments) >= maxAttachments {
			return &Invalid{What: "attachment", Code: TooMany, Limit: maxAttachments}
		}
		return d.add(&Attached{ID: attachment, Slot: file.Slot, Name: file.Name, Type: file.Type, Size: file.Size, SHA256: strings.ToLower(file.SHA256)})
	})
	return c, attachment, err
}

// Detach takes a document away from the case. Filings that it went with keep it. One that is not there is no error.
func (s *Service) Detach(ctx context.Context, a Actor, id, attachment string) (*Case, error) {
	return s.act(ctx, a, id, Attaching, func(d *draft) error {
		if !slices.ContainsFunc(d.c.Attachments, func(x *Attachment) bool { return x.ID == attachment }) {
			return nil
		}
		return d.add(&Detached{ID: attachment})
	})
}

// slot reports whether documents can be added under a name.
func slot(b *definitions.Bundle, name string) bool {
	if name == MessageSlot || fieldKey(name) {
		return true
	}
	return slices.ContainsFunc(b.Requirements, func(r *definitions.Requirement) bool {
		return slices.ContainsFunc(r.Attachments, func(a definitions.Attachment) bool { return a.ID == name })
	})
}

// fileName makes a name fit to be shown and to be saved under: without a path, without signs that cannot be seen or that turn the
// direction of writing, and not too long, its ending kept.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.TrimSpace(personalID.ReplaceAllString(name, "…"))
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	if r := []rune(name); len(r) > maxFileName {
		ending := []rune(path.Ext(name))
		if len(ending) > 10 {
			ending = nil
		}
		return string(r[:maxFileName-len(ending)]) + string(ending)
	}
	return name
}
