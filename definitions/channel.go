package definitions

import (
	"fmt"
	"io/fs"
	"net/mail"
	"net/url"
	"slices"
	"strings"
)

// Channel is how an authority that has joined receives filings: into its own system, or in the light portal with an alert by e-mail.
// Channels belong to an installation, not to the law, so they stand in a file of their own that no bundle reads.
type Channel struct {
	Authority string
	At        Position
	Address   string // of the authority's system; "" for the light portal
	Secret    string // the name of the secret that signs what is sent; its value is kept elsewhere
	XRoad     *XRoad // nil: the system is reached directly
	Email     string // of the light portal: where alerts go
	Language  Lang   // of alerts
}

// XRoad names the two ends of a message through the Data Exchange Layer (Suomi.fi-palveluväylä): the client is luvat's own
// subsystem, the service the authority's, each as INSTANCE/CLASS/CODE/SUBSYSTEM[/SERVICE]. See X-Road: Message Protocol for REST.
type XRoad struct {
	Client  string
	Service string
}

var channelShape = object("a channel",
	may("integration", aWord, "The address of the authority's system, beginning with https://."),
	may("secret", anID, "The name of the secret that signs what is sent to the system."),
	may("x-road", object("the ends of an X-Road message",
		must("client", aWord, "luvat's own subsystem: INSTANCE/CLASS/CODE/SUBSYSTEM."),
		must("service", aWord, "The authority's service: INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE.")), "When the address is that of a security server: whose message it is, and to whom."),
	may("light", aWord, "The e-mail address to which alerts go; the filing itself waits in the portal."),
	may("language", words("a language", "fi", "sv", "en"), "The language of alerts; fi when it is absent.")).
	needs(pairing{oneOf: []string{"integration", "light"}})

var channelsFile = object("a file of channels",
	must("channels", mapping("channels by authority", anID, channelShape), "How each authority that has joined receives filings."))

// LoadChannels reads a file of channels, by authority, and reports everything that is wrong with it. shared says which authorities
// there are. The source is that of the file, for showing its lines; nil when it could not be read.
func LoadChannels(fsys fs.FS, name string, shared *Shared) (map[string]*Channel, *Source, Diagnostics) {
	l := &loader{log: newLog(), lib: &Library{Shared: shared}}
	f := &file{fsys: fsys, name: name, shown: name}
	channels := map[string]*Channel{}
	if f.src = readFile(fsys, name, name, l.log); f.src == nil {
		return channels, nil, l.log.all()
	}
	f.node = parseYAML(f.src, l.log)
	r := l.walkFile(f, channelsFile, Languages)
	section := f.val.get("channels")
	if section == nil {
		return channels, f.src, l.log.all()
	}
	for _, entry := range section.fields {
		id := entry.key.Value
		if shared.AuthorityByID(id) == nil {
			r.error(entry.key.At, "unknown-authority", didYouMean(id, authorityIDs(shared)), "there is no authority `%s`", cut(id))
		}
		if entry.val != nil {
			channels[id] = r.channel(id, entry)
		}
	}
	return channels, f.src, l.log.all()
}

func (r *reader) channel(id string, entry field) *Channel {
	v := entry.val
	c := &Channel{Authority: id, At: entry.key.At, Address: v.get("integration").str(), Secret: v.get("secret").str(),
		Email: v.get("light").str(), Language: Lang(v.get("language").str())}
	if c.Language == "" {
		c.Language = Finnish
	}
	if at := v.get("integration"); at != nil {
		if !safeAddress(c.Address) {
			r.error(at.at, "bad-address", "write it like https://asiat.example.fi/luvat", "`%s` is no address of a system; it must begin with https://, or with http:// on this machine", cut(c.Address))
		}
		if c.Secret == "" && !v.has("secret") {
			r.error(entry.key.At, "missing-key", "add `secret: …`, the name of a secret of the installation", "the channel of `%s` has no `secret`; without one its system cannot tell who sent a filing", cut(id))
		}
	}
	if at := v.get("light"); at != nil {
		if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email {
			r.error(at.at, "bad-address", "write it like kirjaamo@example.fi", "`%s` is no e-mail address", cut(c.Email))
		}
	}
	if x := v.get("x-road"); x != nil {
		c.XRoad = &XRoad{Client: x.get("client").str(), Service: x.get("service").str()}
		r.xroadID(x.get("client"), 4, "INSTANCE/CLASS/CODE/SUBSYSTEM")
		r.xroadID(x.get("service"), 5, "INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE")
	}
	return c
}

func (r *reader) xroadID(v *val, parts int, form string) {
	if v == nil {
		return
	}
	if names := strings.Split(v.str(), "/"); len(names) != parts || slices.Contains(names, "") {
		r.error(v.at, "bad-address", "write it like "+form, "`%s` is no X-Road identifier of %d parts", cut(v.str()), parts)
	}
}

// safeAddress reports whether what is sent to an address is encrypted on its way, or does not leave the machine.
func safeAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "::1")
}

func authorityIDs(s *Shared) []string {
	ids := make([]string, 0, len(s.Authorities))
	for _, a := range s.Authorities {
		ids = append(ids, a.ID)
	}
	return ids
}

// SecretVariable returns the environment variable that holds a secret: LUVAT_SECRET_ and its name in capitals, with _ for -.
func SecretVariable(secret string) string {
	return fmt.Sprintf("LUVAT_SECRET_%s", strings.ToUpper(strings.ReplaceAll(secret, "-", "_")))
}
