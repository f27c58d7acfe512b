package register

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"luvat/definitions"
	"luvat/engine"
)

// Pool holds the clients of all registers of all bundles: a shared register has one, with one memory and one breaker. It is safe for
// concurrent use.
type Pool struct {
	config    Config
	memory    *memory
	transport *http.Transport

	mu      sync.Mutex
	clients map[*definitions.Register]*Client
}

// NewPool makes a pool. The error says which address of a stand-in cannot be asked.
func NewPool(c Config) (*Pool, error) {
	for id, address := range c.StandIns {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("the stand-in of register %s has no address that can be asked; write it like http://127.0.0.1:8123", id)
		}
	}
	if c.Secret == nil {
		c.Secret = func(string) (string, bool) { return "", false }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Pool{config: c, memory: newMemory(memoryLimit), transport: transport(c.Roots), clients: map[*definitions.Register]*Client{}}, nil
}

// Of returns the clients of the registers that a bundle may use, by id: its own before shared ones of the same id.
func (p *Pool) Of(b *definitions.Bundle) []*Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*Client
	for _, d := range slices.Concat(b.Registers, shared(b)) {
		if slices.ContainsFunc(list, func(c *Client) bool { return c.def.ID == d.ID }) {
			continue
		}
		c, known := p.clients[d]
		if !known {
			c = compile(d, p.config, p.memory, p.transport)
			p.clients[d] = c
		}
		if c != nil {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *Client) int { return strings.Compare(a.def.ID, b.def.ID) })
	return list
}

func shared(b *definitions.Bundle) []*definitions.Register {
	if b.Shared == nil {
		return nil
	}
	return b.Shared.Registers
}

// Named returns those clients whose registers a term names as a source: the others need not be asked.
func Named(clients []*Client, terms []*engine.Prefill) []*Client {
	named := map[string]bool{}
	for _, t := range terms {
		for _, s := range t.Sources {
			if id, ok := strings.CutPrefix(s.From, "registers."); ok {
				named[id] = true
			}
		}
	}
	var list []*Client
	for _, c := range clients {
		if named[c.def.ID] {
			list = append(list, c)
		}
	}
	return list
}

// MissingSecrets lists the secrets that the registers of a library need and the installation has not, with the variable of each: without
// them these registers answer nothing.
func (p *Pool) MissingSecrets(registers []*definitions.Register) []string {
	var missing []string
	for _, d := range registers {
		if _, replaced := p.config.StandIns[d.ID]; replaced {
			continue
		}
		for _, name := range d.Secrets() {
			if v, ok := p.config.Secret(name); (!ok || v == "") && !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
	}
	return missing
}
