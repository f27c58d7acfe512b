package forms

import "luvat/definitions"

// phrase is a sentence in the languages of the service. It begins with a small letter, since it follows the name of a field and a
// colon, and tells what to do. {limit} is the keyword's number, {merkki|merkkiä} the singular for 1 and the plural for others.
type phrase struct{ fi, sv, en string }

func (p phrase) in(lang definitions.Lang) string {
	switch lang {
	case definitions.Swedish:
		return p.sv
	case definitions.English:
		return p.en
	}
	return p.fi
}

var (
	exampleWord = phrase{"Esimerkki:", "Exempel:", "Example:"}
	at          = phrase{" klo\u00a0", " kl.\u00a0", ", "}
	or          = phrase{"tai", "eller", "or"}
)

// phrases are by keyword; what follows a space is a case of it.
var phrases = map[string]phrase{
	"": {"tarkista tämä tieto.", "kontrollera den här uppgiften.", "check this information."},

	"required":          {"tämä tieto on pakollinen.", "den här uppgiften är obligatorisk.", "this information is required."},
	"dependentRequired": {"tämä tieto tarvitaan muiden antamiesi tietojen vuoksi.", "den här uppgiften behövs på grund av andra uppgifter som du har gett.", "this information is needed because of other information that you have given."},

	"minLength": {"kirjoita vähintään {limit} {merkki|merkkiä}.", "skriv minst {limit} tecken.", "write at least {limit} {character|characters}."},
	"maxLength": {"kirjoita enintään {limit} {merkki|merkkiä}.", "skriv högst {limit} tecken.", "write at most {limit} {character|characters}."},

	"pattern":        {"kirjoita tieto pyydetyssä muodossa.", "skriv uppgiften i den begärda formen.", "write this information in the requested form."},
	"pattern digits": {"kirjoita {count} numeroa.", "skriv {count} siffror.", "write {count} digits."},

	"minimum":          {"luvun on oltava vähintään {limit}.", "talet ska vara minst {limit}.", "the number must be at least {limit}."},
	"maximum":          {"luvun on oltava enintään {limit}.", "talet ska vara högst {limit}.", "the number must be at most {limit}."},
	"exclusiveMinimum": {"luvun on oltava suurempi kuin {limit}.", "talet ska vara större än {limit}.", "the number must be more than {limit}."},
	"exclusiveMaximum": {"luvun on oltava pienempi kuin {limit}.", "talet ska vara mindre än {limit}.", "the number must be less than {limit}."},
	"multipleOf":       {"luvun on oltava jaollinen luvulla {limit}.", "talet ska vara delbart med {limit}.", "the number must be a multiple of {limit}."},
	"multipleOf 0.1":   {"kirjoita luku, jossa on enintään yksi desimaali.", "skriv ett tal med högst en decimal.", "write a number with at most one decimal."},
	"multipleOf 0.01":  {"kirjoita luku, jossa on enintään {decimals} desimaalia.", "skriv ett tal med högst {decimals} decimaler.", "write a number with at most {decimals} decimals."},

	"enum":        {"valitse jokin annetuista vaihtoehdoista.", "välj ett av de angivna alternativen.", "choose one of the options given."},
	"enum listed": {"valitse jokin näistä: {allowed}.", "välj något av följande: {allowed}.", "choose one of these: {allowed}."},
	"const":       {"tässä voi olla vain {allowed}.", "här kan det bara stå {allowed}.", "this can only be {allowed}."},
	"const true":  {"vahvista tämä merkitsemällä ruutu.", "bekräfta detta genom att kryssa i rutan.", "confirm this by ticking the box."},
	"const false": {"tähän voi vastata vain ei.", "här kan du bara svara nej.", "the only possible answer here is no."},
	"not":         {"tämä tieto ei kelpaa. Anna jokin muu.", "den här uppgiften godkänns inte. Ge en annan.", "this information is not accepted. Give another."},

	"minItems":         {"lisää vähintään {limit} kohtaa.", "lägg till minst {limit} punkter.", "add at least {limit} items."},
	"minItems 1":       {"lisää tai valitse vähintään yksi.", "lägg till eller välj minst en.", "add or choose at least one."},
	"maxItems":         {"tässä voi olla enintään {limit} {kohta|kohtaa}. Poista ylimääräiset.", "här kan finnas högst {limit} {punkt|punkter}. Ta bort de övriga.", "there can be at most {limit} {item|items} here. Remove the rest."},
	"uniqueItems":      {"sama kohta on tässä kahdesti. Poista toinen.", "samma punkt finns här två gånger. Ta bort den ena.", "the same item is here twice. Remove one of them."},
	"minContains":      {"vähintään {limit} kohdan on täytettävä luettelon ehto.", "minst {limit} punkter ska uppfylla villkoret för listan.", "at least {limit} items must meet the condition of the list."},
	"minContains 1":    {"vähintään yhden kohdan on täytettävä luettelon ehto.", "minst en punkt ska uppfylla villkoret för listan.", "at least one item must meet the condition of the list."},
	"maxContains":      {"enintään {limit} {kohta|kohtaa} voi täyttää luettelon ehdon.", "högst {limit} {punkt|punkter} kan uppfylla villkoret för listan.", "at most {limit} {item|items} can meet the condition of the list."},
	"minProperties":    {"täytä vähintään {limit} tietoa.", "fyll i minst {limit} uppgifter.", "fill in at least {limit} fields."},
	"minProperties 1":  {"täytä vähintään yksi tieto.", "fyll i minst en uppgift.", "fill in at least one field."},
	"maxProperties":    {"täytä enintään {limit} {tieto|tietoa}.", "fyll i högst {limit} {uppgift|uppgifter}.", "fill in at most {limit} {field|fields}."},
	"anyOf":            {"täytä jokin vaihtoehdoista.", "fyll i något av alternativen.", "fill in one of the alternatives."},
	"oneOf":            {"täytä vain yksi vaihtoehdoista.", "fyll i bara ett av alternativen.", "fill in only one of the alternatives."},
	"contentEncoding":  {"sisältö ei ole pyydetyssä muodossa.", "innehållet har inte den begärda formen.", "the content is not in the requested form."},
	"contentMediaType": {"sisältö ei ole pyydettyä tyyppiä.", "innehållet är inte av den begärda typen.", "the content is not of the requested type."},
	"contentSchema":    {"sisällön rakenne ei ole pyydetty.", "innehållet har inte den begärda strukturen.", "the content does not have the requested structure."},
	"$ref":             {"tätä tietoa ei voitu tarkistaa.", "den här uppgiften kunde inte kontrolleras.", "this information could not be checked."},

	"false":                 {"tätä tietoa ei voi antaa tässä. Poista se.", "den här uppgiften kan inte ges här. Ta bort den.", "this information cannot be given here. Remove it."},
	"additionalProperties":  {"tämä tieto ei kuulu lomakkeeseen. Poista se.", "den här uppgiften hör inte till blanketten. Ta bort den.", "this information is not a part of the form. Remove it."},
	"unevaluatedProperties": {"tämä tieto ei kuulu lomakkeeseen. Poista se.", "den här uppgiften hör inte till blanketten. Ta bort den.", "this information is not a part of the form. Remove it."},
	"items":                 {"tässä on liikaa kohtia. Poista ylimääräiset.", "här finns för många punkter. Ta bort de övriga.", "there are too many items here. Remove the rest."},
	"additionalItems":       {"tässä on liikaa kohtia. Poista ylimääräiset.", "här finns för många punkter. Ta bort de övriga.", "there are too many items here. Remove the rest."},
	"unevaluatedItems":      {"tässä on liikaa kohtia. Poista ylimääräiset.", "här finns för många punkter. Ta bort de övriga.", "there are too many items here. Remove the rest."},
	"propertyNames":         {"tämän nimistä tietoa ei voi antaa. Poista se.", "en uppgift med det här namnet kan inte ges. Ta bort den.", "information of this name cannot be given. Remove it."},
}

// types ask for a value of a type.
var types = map[string]phrase{
	"string":  {"kirjoita teksti.", "skriv en text.", "write this as text."},
	"number":  {"kirjoita luku.", "skriv ett tal.", "write a number."},
	"integer": {"kirjoita kokonaisluku.", "skriv ett heltal.", "write a whole number."},
	"boolean": {"vastaa kyllä tai ei.", "svara ja eller nej.", "answer yes or no."},
	"array":   {"anna luettelo.", "ge en lista.", "give a list."},
	"object":  {"täytä tämän kohdan tiedot.", "fyll i uppgifterna under den här punkten.", "fill in the details of this part."},
	"null":    {"jätä tämä tyhjäksi.", "lämna detta tomt.", "leave this empty."},
}

// formatPhrases are by format and reason, by reason, or by format. An example follows those of our own formats.
var formatPhrases = map[string]phrase{
	"date":   {"tarkista päivämäärä. Sitä päivää ei ole.", "kontrollera datumet. Den dagen finns inte.", "check the date. There is no such day."},
	"check":  {"tarkista numero; tarkistusmerkki ei täsmää.", "kontrollera numret; kontrolltecknet stämmer inte.", "check the number; the check character does not match."},
	"length": {"tarkista tilinumero; siinä on väärä määrä merkkejä.", "kontrollera kontonumret; det har fel antal tecken.", "check the account number; it has the wrong number of characters."},

	"business-id form": {"kirjoita Y-tunnus: seitsemän numeroa, yhdysmerkki ja tarkistusnumero.", "skriv FO-numret: sju siffror, bindestreck och kontrollsiffra.", "write the business ID: seven digits, a hyphen and a check digit."},

	"personal-id form":    {"kirjoita henkilötunnus: syntymäaika, välimerkki, kolme numeroa ja tarkistusmerkki. Älä vaihda välimerkkiä.", "skriv personbeteckningen: födelsetid, skiljetecken, tre siffror och kontrolltecken. Byt inte ut skiljetecknet.", "write the personal identity code: date of birth, separator, three digits and a check character. Do not change the separator."},
	"personal-id check":   {"tarkista henkilötunnus; tarkistusmerkki ei täsmää.", "kontrollera personbeteckningen; kontrolltecknet stämmer inte.", "check the personal identity code; the check character does not match."},
	"personal-id date":    {"tarkista henkilötunnus; syntymäaika ei ole oikea päivä.", "kontrollera personbeteckningen; födelsetiden är inte en riktig dag.", "check the personal identity code; the date of birth is not a real day."},
	"personal-id numbers": {"tarkista henkilötunnus; yksilönumeroa 000 tai 001 ei ole.", "kontrollera personbeteckningen; individnumret 000 eller 001 finns inte.", "check the personal identity code; there is no individual number 000 or 001."},

	"property-id form":    {"kirjoita kiinteistötunnus: kunta, sijaintialue, ryhmä ja yksikkö yhdysmerkein erotettuina tai 14 numeroa.", "skriv fastighetsbeteckningen: kommun, lägesområde, grupp och enhet åtskilda med bindestreck, eller 14 siffror.", "write the property ID: municipality, location area, group and unit with hyphens between, or 14 digits."},
	"property-id numbers": {"tarkista kiinteistötunnus; kunta tai kiinteistön numerot puuttuvat.", "kontrollera fastighetsbeteckningen; kommunen eller fastighetens nummer saknas.", "check the property ID; the municipality or the numbers of the property are missing."},
	"building-id form":    {"kirjoita pysyvä rakennustunnus: kymmenen merkkiä, joista ensimmäinen on 1.", "skriv den permanenta byggnadsbeteckningen: tio tecken, av vilka det första är 1.", "write the permanent building ID: ten characters, the first of them 1."},

	"iban form":        {"kirjoita tilinumero IBAN-muodossa.", "skriv kontonumret i IBAN-form.", "write the account number as an IBAN."},
	"iban check":       {"tarkista tilinumero; tarkistusnumerot eivät täsmää.", "kontrollera kontonumret; kontrollsiffrorna stämmer inte.", "check the account number; the check digits do not match."},
	"e-invoice form":   {"kirjoita verkkolaskuosoite: OVT-tunnus tai IBAN.", "skriv nätfakturaadressen: OVT-kod eller IBAN.", "write the e-invoicing address: an OVT identifier or an IBAN."},
	"e-invoice check":  {"tarkista verkkolaskuosoite; tarkistusnumero ei täsmää.", "kontrollera nätfakturaadressen; kontrollsiffran stämmer inte.", "check the e-invoicing address; the check digit does not match."},
	"e-invoice length": {"tarkista verkkolaskuosoite; siinä on väärä määrä merkkejä.", "kontrollera nätfakturaadressen; den har fel antal tecken.", "check the e-invoicing address; it has the wrong number of characters."},

	"postal-code form":  {"kirjoita postinumero: viisi numeroa.", "skriv postnumret: fem siffror.", "write the postal code: five digits."},
	"municipality form": {"valitse kunta luettelosta tai kirjoita sen kolminumeroinen tunnus.", "välj kommunen i listan eller skriv dess tresiffriga kod.", "choose the municipality from the list or write its code of three digits."},
	"email form":        {"kirjoita sähköpostiosoite.", "skriv e-postadressen.", "write the e-mail address."},
	"phone form":        {"kirjoita puhelinnumero, ulkomainen numero alkaen plusmerkillä ja maan numerolla.", "skriv telefonnumret, ett utländskt nummer med plustecken och landsnummer först.", "write the telephone number, a foreign one with a plus sign and the country code first."},
	"uri form":          {"kirjoita verkko-osoite kokonaan.", "skriv hela webbadressen.", "write the whole web address."},
	"date form":         {"kirjoita päivämäärä: päivä, kuukausi ja vuosi.", "skriv datumet: dag, månad och år.", "write the date: day, month and year."},
	"time form":         {"kirjoita kellonaika sekunteineen ja aikavyöhykkeineen.", "skriv klockslaget med sekunder och tidszon.", "write the time with seconds and time zone."},
	"date-time form":    {"kirjoita päivä ja kellonaika sekunteineen ja aikavyöhykkeineen.", "skriv dag och klockslag med sekunder och tidszon.", "write the day and the time with seconds and time zone."},
	"clock form":        {"kirjoita kellonaika tunteina ja minuutteina.", "skriv klockslaget i timmar och minuter.", "write the time in hours and minutes."},
	"date-clock form":   {"kirjoita päivä ja kellonaika.", "skriv dag och klockslag.", "write the day and the time."},
	"attachment form":   {"lisää tiedosto uudelleen.", "lägg till filen på nytt.", "add the file again."},

	"duration":              {"kirjoita kesto pyydetyssä muodossa, esimerkiksi P1D.", "skriv längden i den begärda formen, till exempel P1D.", "write the duration in the requested form, such as P1D."},
	"period":                {"kirjoita ajanjakso pyydetyssä muodossa.", "skriv perioden i den begärda formen.", "write the period in the requested form."},
	"hostname":              {"kirjoita verkkotunnus, esimerkiksi www.example.fi.", "skriv domännamnet, till exempel www.example.fi.", "write the host name, such as www.example.fi."},
	"ip-address":            {"kirjoita IP-osoite, esimerkiksi 192.0.2.1.", "skriv IP-adressen, till exempel 192.0.2.1.", "write the IP address, such as 192.0.2.1."},
	"ipv4":                  {"kirjoita IP-osoite, esimerkiksi 192.0.2.1.", "skriv IP-adressen, till exempel 192.0.2.1.", "write the IP address, such as 192.0.2.1."},
	"ipv6":                  {"kirjoita IPv6-osoite, esimerkiksi 2001:db8::1.", "skriv IPv6-adressen, till exempel 2001:db8::1.", "write the IPv6 address, such as 2001:db8::1."},
	"iri":                   {"kirjoita verkko-osoite kokonaan.", "skriv hela webbadressen.", "write the whole web address."},
	"iri-reference":         {"tarkista verkko-osoite.", "kontrollera webbadressen.", "check the web address."},
	"uri-reference":         {"tarkista verkko-osoite.", "kontrollera webbadressen.", "check the web address."},
	"uriref":                {"tarkista verkko-osoite.", "kontrollera webbadressen.", "check the web address."},
	"uri-template":          {"tarkista verkko-osoitteen malli.", "kontrollera webbadressens mall.", "check the template of the web address."},
	"uuid":                  {"kirjoita UUID-tunnus: 32 merkkiä viidessä ryhmässä.", "skriv UUID-koden: 32 tecken i fem grupper.", "write the UUID: 32 characters in five groups."},
	"regex":                 {"tarkista säännöllinen lauseke.", "kontrollera det reguljära uttrycket.", "check the regular expression."},
	"json-pointer":          {"tarkista JSON-osoitin.", "kontrollera JSON-pekaren.", "check the JSON pointer."},
	"relative-json-pointer": {"tarkista JSON-osoitin.", "kontrollera JSON-pekaren.", "check the JSON pointer."},
}
