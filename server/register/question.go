package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"luvat/definitions"
	"luvat/engine"
)

// question is one question to a register, ready to be sent. It holds what is known of the customer and is never printed.
type question struct {
	method  string
	address *url.URL
	body    []byte // nil: none
	lang    definitions.Lang
	key     key // the same for the same question to the same register
}

type key [sha256.Size]byte

// question makes the question for what is known. It reports false, with a reason, when there is nothing to ask.
func (c *Client) question(k Known) (q question, reason string, ok bool) {
	env := k.env()
	if c.def.When != nil {
		if holds, err := c.def.When.True(env); err != nil || !holds {
			return question{}, "its `when` does not hold", false
		}
	}
	parts, reason := pathParts(c.def.Path, env)
	if reason != "" {
		return question{}, reason, false
	}
	address, err := url.Parse(c.def.FillPath(func(name string) string { return parts[name] }))
	if err != nil {
		return question{}, "its address cannot be made", false
	}
	query := address.Query()
	for _, m := range c.def.Query {
		for _, v := range texts(m.Mapping, env) {
			query.Add(m.Name, v)
		}
	}
	address.RawQuery = query.Encode()
	if c.standIn != nil {
		address.Scheme, address.Host = c.standIn.Scheme, c.standIn.Host
	}
	q = question{method: http.MethodGet, address: address, lang: k.Lang}
	if len(c.def.Body) > 0 {
		q.method = http.MethodPost
		fields := make(map[string]any, len(c.def.Body))
		for _, m := range c.def.Body {
			if v, err := m.Eval(env); err == nil && v != nil {
				fields[m.Name] = v
			}
		}
		if q.body, err = json.Marshal(fields); err != nil {
			return question{}, "its body cannot be made", false
		}
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte(c.def.ID), []byte(q.method), []byte(address.String()), []byte(q.lang), q.body} {
		h.Write([]byte(strconv.Itoa(len(part))))
		h.Write([]byte{':'})
		h.Write(part)
	}
	h.Sum(q.key[:0])
	return q, "", true
}

// pathParts evaluates the parts of the path, encoded. A part that is missing, or that would lead to another place, is a reason not to ask.
func pathParts(mappings []engine.NamedMapping, env map[string]any) (map[string]string, string) {
	parts := make(map[string]string, len(mappings))
	for _, m := range mappings {
		list := texts(m.Mapping, env)
		if len(list) != 1 || list[0] == "" || list[0] == "." || list[0] == ".." {
			return nil, "`" + m.Name + "` of its address is not known"
		}
		parts[m.Name] = url.PathEscape(list[0])
	}
	return parts, ""
}

// texts evaluates a parameter: a text, a number, true or false, or a list of them. Nothing else can stand in an address.
func texts(m *engine.Mapping, env map[string]any) []string {
	v, err := m.Eval(env)
	if err != nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var all []string
	for _, item := range list {
		switch item := item.(type) {
		case string:
			all = append(all, item)
		case bool:
			all = append(all, strconv.FormatBool(item))
		case float64:
			all = append(all, strconv.FormatFloat(item, 'f', -1, 64))
		}
	}
	return all
}

// request makes the HTTP request of a question. The reason says which secret is missing, "" when none is.
func (c *Client) request(q question) (*http.Request, string) {
	r, err := http.NewRequest(q.method, q.address.String(), bytes.NewReader(q.body))
	if err != nil {
		return nil, "its address cannot be asked"
	}
	r.Header.Set("User-Agent", "luvat")
	r.Header.Set("Accept", "application/json")
	if q.lang != "" {
		r.Header.Set("Accept-Language", string(q.lang))
	}
	if q.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	missing := ""
	secret := func(name string) string {
		value, ok := c.config.Secret(name)
		if !ok || value == "" {
			missing = "its secret `" + name + "` is not set: put it in " + definitions.SecretVariable(name)
		}
		return value
	}
	if c.standIn != nil { // which lets everybody in, and must not be told a secret
		secret = func(string) string { return "stand-in" }
	}
	for _, h := range c.def.Headers {
		r.Header.Set(h.Name.Value, h.Fill(secret))
	}
	if a := c.def.Auth; a != nil {
		switch value := secret(a.Secret); a.Way {
		case definitions.BasicAuth:
			r.SetBasicAuth(a.Name, value)
		case definitions.BearerAuth:
			r.Header.Set("Authorization", "Bearer "+value)
		case definitions.HeaderAuth:
			r.Header.Set(a.Name, value)
		}
	}
	return r, missing
}
