package forms

import "testing"

func TestReadNumber(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "1200": 1200, "1 200": 1200, "1\u00a0200,50": 1200.5, "1\u202f200.50": 1200.5, "1.200,50": 1200.5, "1,200.50": 1200.5,
		"1.234.567": 1234567, "1'234'567,8": 1234567.8, "-3": -3, "−3,5": -3.5, "+4": 4, ",5": 0.5, "12 m²": 12, "1.200": 1.2, "-0": 0, "007": 7} {
		if got, ok := readNumber(text, []string{"m²"}, false); !ok || got != want {
			t.Errorf("%q is read as %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", ",", ".", "1,", "a", "1a", "1e5", "1-2", "1,2,3", "1.2.3", "1,20,000.5", "1.200,50.3", "٣", "0x1", "Inf", "NaN", "12345678901234567", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1"} {
		if got, ok := readNumber(text, nil, false); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	for text, want := range map[string]float64{"1 200,50": 1200.5, "1.200,50 €": 1200.5, "0,5": 0.5, "12 EUR": 12, "1200": 1200} {
		if got, ok := readNumber(text, []string{"€", "eur"}, true); !ok || got != want {
			t.Errorf("%q is read as %v euro, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"1.200", "1,200", "0,505", ",5"} {
		if got, ok := readNumber(text, nil, true); ok {
			t.Errorf("%q is read as %v euro", text, got)
		}
	}
}

func TestReadDateAndTime(t *testing.T) {
	for text, want := range map[string]string{"1.6.2027": "2027-06-01", "01.06.2027": "2027-06-01", "1. 6. 2027": "2027-06-01", "2027-06-01": "2027-06-01", "29.2.2028": "2028-02-29"} {
		if got, ok := readDate(text); !ok || got != want {
			t.Errorf("%q is read as %s, %v; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "1.6.", "1.6.27", "31.6.2027", "29.2.2027", "6/1/2027", "2027-6-1", "huomenna"} {
		if got, ok := readDate(text); ok {
			t.Errorf("%q is read as %s", text, got)
		}
	}
	for text, want := range map[string]string{"18.30": "18:30", "18:30": "18:30", "18": "18:00", "klo 9.05": "09:05", "kl. 9": "09:00", "0:00": "00:00", "18:30:00": "18:30"} {
		if got, ok := readTime(text); !ok || got != want {
			t.Errorf("%q is read as %s, %v; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "24:00", "18:60", "18:3", "noon", "-1", "18.30.15", "1830000"} {
		if got, ok := readTime(text); ok {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
