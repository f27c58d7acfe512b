package definitions_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"luvat/definitions"
)

func loadChannels(t *testing.T, text string) (map[string]*definitions.Channel, string) {
	t.Helper()
	shared := &definitions.Shared{Authorities: []*definitions.Authority{{ID: "police"}, {ID: "kunta-853"}}}
	shared.Index()
	fsys := fstest.MapFS{"channels.yaml": {Data: []byte(text)}}
	channels, _, found := definitions.LoadChannels(fsys, "channels.yaml", shared)
	var lines []string
	for _, d := range found {
		lines = append(lines, d.At.String()+" "+d.Message+" ["+d.Rule+"] "+d.Suggestion)
	}
	return channels, strings.Join(lines, "\n")
}

func TestChannels(t *testing.T) {
	channels, found := loadChannels(t, `channels:
  police:
    integration: https://asiat.example.fi/luvat
    secret: police
    x-road: {client: FI/GOV/0245437-2/luvat, service: FI/GOV/1234567-1/asiat/receive}
  kunta-853: {light: tapahtumat@example.fi, language: sv}
`)
	if found != "" {
		t.Fatalf("found:\n%s", found)
	}
	p, k := channels["police"], channels["kunta-853"]
	if p.Address != "https://asiat.example.fi/luvat" || p.Secret != "police" || p.XRoad.Service != "FI/GOV/1234567-1/asiat/receive" || p.Language != definitions.Finnish {
		t.Errorf("police: %+v", p)
	}
	if k.Email != "tapahtumat@example.fi" || k.Language != definitions.Swedish || k.Address != "" {
		t.Errorf("kunta-853: %+v", k)
	}
}

func TestFaultyChannels(t *testing.T) {
	for text, want := range map[string]string{
		"channels:\n  polise: {light: a@b.fi}\n":                                                                               "channels.yaml:2:3 there is no authority `polise` [unknown-authority] did you mean `police`?",
		"channels:\n  police: {integration: \"http://asiat.fi\", secret: p}\n":                                                 "channels.yaml:2:25 `http://asiat.fi` is no address of a system; it must begin with https://, or with http:// on this machine [bad-address] write it like https://asiat.example.fi/luvat",
		"channels:\n  police: {integration: \"https://asiat.fi\"}\n":                                                           "channels.yaml:2:3 the channel of `police` has no `secret`; without one its system cannot tell who sent a filing [missing-key] add `secret: …`, the name of a secret of the installation",
		"channels:\n  police: {light: kirjaamo}\n":                                                                             "channels.yaml:2:19 `kirjaamo` is no e-mail address [bad-address] write it like kirjaamo@example.fi",
		"channels:\n  police: {integration: \"https://a.fi\", secret: p, x-road: {client: FI/GOV/1, service: FI/GOV/1/a/b}}\n": "channels.yaml:2:69 `FI/GOV/1` is no X-Road identifier of 4 parts [bad-address] write it like INSTANCE/CLASS/CODE/SUBSYSTEM",
	} {
		if _, found := loadChannels(t, text); found != want {
			t.Errorf("%s\n got %s\nwant %s", text, found, want)
		}
	}
	if _, found := loadChannels(t, "channels:\n  police: {light: a@b.fi, integration: \"https://a.fi\", secret: p}\n"); !strings.Contains(found, "conflicting-keys") {
		t.Errorf("both ways at once: %s", found)
	}
}
