package casefile

import (
	"context"
	"fmt"
	"io"
	"strings"

	"luvat/server/store"
)

// referenceSigns are the signs of a reference number: digits and capital letters without I, L, O and U (Crockford's base 32), so that it
// can be read aloud and typed off paper.
const referenceSigns = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newReference makes a reference number, "LV-2026-7K4M-9QXC": the year, seven random signs (35 bits) and one that checks the rest. It
// says nothing of the customer, and knowing one opens nothing.
func newReference(year int, random io.Reader) (string, error) {
	var b [7]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("no random numbers: %w", err)
	}
	body := make([]byte, 0, 12)
	body = fmt.Appendf(body, "%04d", year)
	for _, x := range b {
		body = append(body, referenceSigns[x&31])
	}
	body = append(body, referenceSigns[checkSum(body)])
	return fmt.Sprintf("LV-%s-%s-%s", body[:4], body[4:8], body[8:]), nil
}

// checkSum folds signs into one of 32: at each sign the sum, exclusive-or the sign, times x in the field of 32 elements (x⁵ = x² + 1).
// Every single wrong sign and every two neighbours in the wrong order change it, because neither x nor x + 1 is zero there. With the
// check sign, which is the sum of the others, the sum of all is 0.
func checkSum(signs []byte) byte {
	var sum byte
	for _, s := range signs {
		sum ^= byte(strings.IndexByte(referenceSigns, s))
		sum <<= 1
		if sum&32 != 0 {
			sum ^= 0b100101
		}
	}
	return sum
}

// ParseReference reads a reference number as people type it: small letters, O for 0, I and L for 1, with or without hyphens and spaces
// and "LV". The error is an *Invalid; most slips of the pen are found by the check sign.
func ParseReference(s string) (string, error) {
	body := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '–' || r == '\u00A0':
			return -1
		case r == 'O':
			return '0'
		case r == 'I' || r == 'L':
			return '1'
		}
		return r
	}, strings.ToUpper(s))
	body = strings.TrimPrefix(body, "1V") // LV, after L has become 1
	if len(body) != 12 || strings.Trim(body, referenceSigns) != "" || checkSum([]byte(body[:11])) != byte(strings.IndexByte(referenceSigns, body[11])) {
		return "", &Invalid{What: "reference", Code: Wrong}
	}
	return fmt.Sprintf("LV-%s-%s-%s", body[:4], body[4:8], body[8:]), nil
}

// freeReference makes a reference number that no case has. Two cases that send in the same instant could still draw the same one of
// 34,000 million; ByReference would then return the one that the actor may read.
func (s *Service) freeReference(ctx context.Context, year int) (string, error) {
	for {
		reference, err := newReference(year, s.random)
		if err != nil {
			return "", err
		}
		rows, err := s.store.List(ctx, referenceIndex, store.Page{Prefix: reference + "/", Limit: 1})
		if err != nil {
			return "", fmt.Errorf("the reference numbers cannot be read: %w", err)
		}
		if len(rows) == 0 {
			return reference, nil
		}
	}
}

// ByReference finds a case by its reference number, for somebody who may read it; ErrNoCase otherwise.
func (s *Service) ByReference(ctx context.Context, a Actor, reference string) (*Case, error) {
	reference, err := ParseReference(reference)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.List(ctx, referenceIndex, store.Page{Prefix: reference + "/"})
	if err != nil {
		return nil, fmt.Errorf("the reference numbers cannot be read: %w", err)
	}
	for _, row := range rows {
		c, err := s.Read(ctx, a, strings.TrimPrefix(row.Key, reference+"/"))
		if err == nil || err != ErrNoCase {
			return c, err
		}
	}
	return nil, ErrNoCase
}
