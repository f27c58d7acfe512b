package register

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"luvat/definitions"
	"luvat/engine"
)

const (
	maxAtOnce   = 32              // questions on their way to one register
	missingFor  = 5 * time.Minute // how long it is remembered that a register does not know somebody
	memoryLimit = 32 << 20        // bytes of answers that are kept, of all registers
)

// Config is what an installation says about registers.
type Config struct {
	// Secret returns a secret of the installation. Nil: there are none.
	Secret func(name string) (string, bool)
	// StandIns are addresses that are asked in the place of registers, by register: "http://127.0.0.1:8123". Only scheme and host count.
	StandIns map[string]string
	Roots    *x509.CertPool   // nil: those of the system
	Log      *slog.Logger     // nil: nothing is logged
	Now      func() time.Time // nil: the clock
}

// Client asks one register. It is safe for concurrent use.
type Client struct {
	def     *engine.Register
	config  Config
	http    *http.Client
	standIn *url.URL // nil: the register itself is asked
	memory  *memory

	mu      sync.Mutex
	breaker breaker
	flights map[key]*flight
}

// flight is a question on its way, with all who wait for its answer.
type flight struct {
	done   chan struct{} // closed when the rest is set
	answer answer
	bad    *trouble
}

// ID returns the register's id.
func (c *Client) ID() string { return c.def.ID }

// Ask asks the register, or takes what it said a while ago. It returns before ctx is done or shortly after, whatever the register does.
func (c *Client) Ask(ctx context.Context, k Known) Reply {
	q, reason, ok := c.question(k)
	if !ok {
		r := c.reply(Skipped)
		r.Reason = reason
		return r
	}
	old, has := c.memory.get(q.key, c.config.Now())
	if has && c.config.Now().Before(old.until) {
		return c.read(old, k)
	}
	var bad *trouble
	if f, refused := c.join(q, k); f == nil {
		bad = refused
	} else {
		select {
		case <-f.done:
			if f.bad == nil {
				return c.read(f.answer, k)
			}
			bad = f.bad
		case <-ctx.Done():
			bad = &trouble{outcome: Slow, reason: "did not answer before the deadline"}
		}
	}
	r := c.reply(bad.outcome)
	if has && !old.missing {
		if r = c.read(old, k); r.Outcome == Found {
			r.Stale, r.Trouble = true, bad.outcome
		} else {
			r = c.reply(bad.outcome)
		}
	}
	r.Reason = bad.reason
	return r
}

func (c *Client) reply(o Outcome) Reply {
	r := Reply{Register: c.def.ID, Title: c.def.Title, StandIn: c.standIn != nil, Outcome: o, At: c.config.Now()}
	if r.StandIn {
		r.Title = standInTitle(r.Title)
	}
	return r
}

// read evaluates what a register gives from what it said.
func (c *Client) read(a answer, k Known) Reply {
	r := c.reply(NotFound)
	r.At = a.at
	if a.missing {
		return r
	}
	garbage := func(reason string) Reply {
		r.Outcome, r.Reason, r.Values = Garbage, reason, nil
		return r
	}
	env := k.env()
	env["reply"] = a.reply
	for _, part := range c.def.Let {
		v, err := part.Eval(env)
		if err != nil {
			return garbage("the answer takes too long to read")
		}
		env[part.Name] = v
	}
	if c.def.Found != nil {
		switch found, err := c.def.Found.True(env); {
		case err != nil:
			return garbage("the answer takes too long to read")
		case !found:
			return r
		}
	}
	r.Outcome, r.Values = Found, make(map[string]any, len(c.def.Gives))
	for _, g := range c.def.Gives {
		v, err := g.Eval(env)
		if err != nil {
			return garbage("the answer takes too long to read")
		}
		if v = trimmed(v); !empty(v) {
			r.Values[g.Name] = v
		}
	}
	if len(r.Values) == 0 {
		return garbage("the answer holds nothing that the register should give")
	}
	return r
}

// join returns the question that is on its way already, or sends it. It returns nil and why when the register is not to be asked now.
func (c *Client) join(q question, k Known) (*flight, *trouble) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[q.key]; f != nil {
		return f, nil
	}
	if len(c.flights) >= maxAtOnce {
		return nil, &trouble{outcome: Outage, reason: "too many questions are on their way to it"}
	}
	if !c.breaker.allow(c.config.Now()) {
		return nil, &trouble{outcome: Outage, reason: "it failed before and is left alone for a while"}
	}
	f := &flight{done: make(chan struct{})}
	c.flights[q.key] = f
	go c.fly(f, q, k)
	return f, nil
}

// fly sends a question and lets go of everybody who waits. The customer who asked first may be gone by then; the others are not.
func (c *Client) fly(f *flight, q question, k Known) {
	ctx, cancel := context.WithTimeout(context.Background(), c.def.Timeout)
	defer cancel()
	begun := time.Now()
	reply, missing, bad := c.send(ctx, q)
	now := c.config.Now()
	if bad == nil {
		f.answer = answer{reply: reply, missing: missing, at: now, until: now.Add(c.def.Cache)}
		bad = c.keep(f.answer, q, k)
	}
	f.bad = bad
	c.mu.Lock()
	delete(c.flights, q.key)
	pauses := false
	if bad == nil || bad.ours {
		c.breaker.answered()
	} else {
		pauses = c.breaker.failed(now, bad.again)
	}
	c.mu.Unlock()
	if bad != nil {
		c.config.Log.Warn("a register could not be asked", "register", c.def.ID, "outcome", bad.outcome, "reason", bad.reason, "pauses", pauses,
			"ms", time.Since(begun).Milliseconds())
	}
	close(f.done)
}

// keep keeps an answer, where the register allows it, and says when it is not what was agreed.
func (c *Client) keep(a answer, q question, k Known) *trouble {
	if !a.missing && c.def.Valid != nil {
		env := k.env()
		env["reply"] = a.reply
		if valid, err := c.def.Valid.True(env); err != nil || !valid {
			return &trouble{outcome: Garbage, reason: "the answer is not what was agreed"}
		}
	}
	switch r := c.read(a, k); {
	case r.Outcome == Garbage:
		return &trouble{outcome: Garbage, reason: r.Reason}
	case c.def.Cache == 0:
		return nil
	case r.Outcome == NotFound:
		a.until = a.at.Add(min(c.def.Cache, missingFor))
	}
	a.size = sizeOf(a.reply)
	c.memory.put(q.key, a)
	return nil
}

// sizeOf is about how many bytes an answer takes in memory: its text twice, for maps and strings are roomier than JSON.
func sizeOf(reply any) int {
	text, err := json.Marshal(reply)
	if err != nil {
		return maxReply
	}
	return 2 * len(text)
}

// compile makes the client of a register; nil when its expressions have faults, which the engine has said.
func compile(d *definitions.Register, c Config, m *memory, t http.RoundTripper) *Client {
	def, found := engine.CompileRegister(d, nil)
	if found.HasErrors() {
		return nil
	}
	client := &Client{def: def, config: c, memory: m, flights: map[key]*flight{}, http: &http.Client{Transport: t, CheckRedirect: sameHost}}
	if address, ok := c.StandIns[d.ID]; ok {
		if u, err := url.Parse(address); err == nil {
			client.standIn = u
		}
	}
	return client
}
