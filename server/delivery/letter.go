package delivery

import (
	"strings"
	"time"

	"luvat/definitions"
	"luvat/server/delivery/mail"
	"luvat/server/locale"
)

// letter writes a letter of a kind, which is the middle of its keys in the texts. The subject is filled with the first of what fills
// the text.
func letter(id, to, kind string, lang definitions.Lang, at time.Time, fill ...any) mail.Letter {
	t := locale.In(lang)
	subject := fill
	if len(subject) > 1 {
		subject = subject[:1]
	}
	text := strings.Join([]string{
		t.Say("letter.greeting") + ",", t.Say("letter."+kind+".text", fill...), t.Say("letter.sign"), t.Say("letter.automatic"),
	}, "\n\n")
	return mail.Letter{ID: id, To: to, Subject: t.Say("letter."+kind+".subject", subject...), Text: text + "\n", Lang: string(t.Lang), At: at}
}
