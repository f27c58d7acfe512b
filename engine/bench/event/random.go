package event

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"time"
)

// municipalities are those with rules of their own and some without.
var municipalities = []Municipality{
	91, 92, 49, 853, 245, 165, 61, 276, 98, 208, 202, 680, 69, 9, 297, 90, 420, 405, 179, 153, 684, 491, 149, 272, 145, 5, 564, 698, 837, 478,
}

// numbers are those of each question at which something may change, and their neighbours.
var numbers = map[string][]int{
	"attendees_peak":               {0, 50, 100, 101, 150, 199, 200, 201, 499, 500, 501, 999, 1000, 5000},
	"attendees_total":              {0, 5, 9, 10, 11, 300, 500, 501, 999, 1000, 1001, 5000, 5001, 8000, 8001, 20000},
	"road_stop_minutes":            {0, 5, 9, 10, 11, 60},
	"lpg_kg":                       {0, 0, 20, 100, 150, 160, 199, 200, 300},
	"diesel_l":                     {0, 0, 500, 1999, 2000, 2500, 3000, 9999, 10000},
	"structure_days":               {0, 1, 6, 7, 8, 14, 15, 60, 61},
	"indoor_accommodation_persons": {0, 0, 0, 1, 20, 21, 100},
	"indoor_accommodation_nights":  {0, 1, 7, 8},
	"camping_persons":              {0, 0, 1, 100, 101, 400},
	"camping_days":                 {0, 3, 14, 15},
	"lottery_value":                {0, 100, 1999, 2000, 2001, 2999, 3000, 3001},
}

// options are those of each question, for making and writing answers.
var options = map[string][]string{
	"event_kind":       eventKindOptions,
	"organiser_type":   organiserTypeOptions,
	"place_types":      placeTypesOptions,
	"place_owner":      placeOwnerOptions,
	"stewards":         stewardsOptions,
	"state_road_use":   stateRoadUseOptions,
	"music":            musicOptions,
	"films":            filmsOptions,
	"food":             foodOptions,
	"alcohol":          alcoholOptions,
	"fireworks":        fireworksOptions,
	"laser_class":      laserClassOptions,
	"drone":            droneOptions,
	"structures":       structuresOptions,
	"animals":          animalsOptions,
	"risky_activities": riskyActivitiesOptions,
	"lottery":          lotteryOptions,
	"money_collection": moneyCollectionOptions,
}

// Random returns a complete set of answers: every question that is asked has one.
func Random(random *rand.Rand) Answers {
	var a Answers
	fields := reflect.ValueOf(&a).Elem()
	for i := range fields.NumField() {
		field, id := fields.Field(i), questionID(i)
		switch {
		case field.Kind() == reflect.Bool:
			field.SetBool(random.IntN(3) == 0)
		case numbers[id] != nil && field.Kind() == reflect.Float64:
			field.SetFloat(float64(pick(random, numbers[id])))
		case numbers[id] != nil:
			field.SetInt(int64(pick(random, numbers[id])))
		case options[id] != nil && field.Kind() == reflect.Uint16:
			// Each option now and then; none at all often enough.
			set := uint64(0)
			for o := range options[id] {
				if random.IntN(5) == 0 {
					set |= 1 << o
				}
			}
			field.SetUint(set)
		case options[id] != nil:
			field.SetUint(uint64(random.IntN(len(options[id]))))
		}
	}
	a.Municipality = []Municipality{pick(random, municipalities)}
	if random.IntN(8) == 0 {
		if other := pick(random, municipalities); other != a.Municipality[0] {
			a.Municipality = append(a.Municipality, other)
		}
	}
	a.OperatorHomeMunicipality = pick(random, municipalities)
	// Any day of two years; often near the hours that count.
	day := Minute(days(2026, 1, 1) + random.IntN(730))
	a.StartsAt = day*minutesPerDay + Minute(15*random.IntN(96))
	a.EndsAt = a.StartsAt + Minute(15*random.IntN(4*30))
	if random.IntN(3) == 0 {
		a.StartsAt = day*minutesPerDay + pick(random, []Minute{6*60 + 59, 7 * 60, 9 * 60, 12 * 60})
		a.EndsAt = day*minutesPerDay + pick(random, []Minute{19*60 + 59, 20 * 60, 20*60 + 1, 21 * 60, 21*60 + 1, 21*60 + 59, 22 * 60, 22*60 + 1, 24*60 + 30})
	}
	for i := range fields.NumField() {
		if !a.asked(questionID(i)) {
			fields.Field(i).SetZero()
		}
	}
	return a
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

var questionIDs = func() (ids []string) {
	fields := reflect.TypeFor[Answers]()
	for i := range fields.NumField() {
		ids = append(ids, fields.Field(i).Tag.Get("json"))
	}
	return ids
}()

func questionID(field int) string { return questionIDs[field] }

// asked reports whether a question is asked after the answers to the others.
func (a *Answers) asked(question string) bool {
	switch question {
	case "road_stop_minutes":
		return a.StateRoadUse == StateRoadUseStopped
	case "other_road_signs":
		return a.StateRoadUse == StateRoadUseStopped || a.MotorRaceOnRoad
	case "sound_22_07":
		return a.AmplifiedSound
	case "adults_only_show":
		return a.Films == FilmsUnclassified
	case "food_own":
		return a.Food == FoodOperator
	case "food_registered":
		return a.Food == FoodOperator && a.FoodOwn
	case "operator_home_municipality":
		return a.Food == FoodOperator && a.FoodOwn && !a.FoodRegistered
	case "alcohol_area_preapproved", "alcohol_after_0130":
		return a.Alcohol == AlcoholOver28
	case "heavy_smoke":
		return a.OpenFire
	case "fireworks_new_year":
		return a.Fireworks == FireworksConsumer
	case "beams_to_sky":
		return a.LaserClass != LaserClassNone
	case "structure_days":
		return a.Structures != 0
	case "indoor_accommodation_nights":
		return a.IndoorAccommodationPersons > 0
	case "camping_days":
		return a.CampingPersons > 0
	case "animal_competition_listed":
		return a.Animals == AnimalsCompetition
	case "farm_animals_present":
		return a.Animals != AnimalsNone
	case "motor_repeated", "motor_zoned":
		return a.MotorTerrain || a.MotorWatercraft
	case "motor_harm":
		return (a.MotorTerrain || a.MotorWatercraft) && !a.MotorRepeated
	case "lottery_value", "lottery_several_police_areas":
		return a.Lottery != LotteryNone
	default:
		return true
	}
}

// JSON returns the answers to the questions that are asked and that keep accepts, by question id.
func (a *Answers) JSON(keep func(question string) bool) []byte {
	out := []byte{'{'}
	fields := reflect.ValueOf(a).Elem()
	for i := range fields.NumField() {
		field, id := fields.Field(i), questionID(i)
		if !a.asked(id) || keep != nil && !keep(id) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(strconv.AppendQuote(out, id), ':')
		switch value := field.Interface().(type) {
		case bool:
			out = strconv.AppendBool(out, value)
		case int:
			out = strconv.AppendInt(out, int64(value), 10)
		case float64:
			out = strconv.AppendFloat(out, value, 'f', -1, 64)
		case Minute:
			out = strconv.AppendQuote(out, time.Unix(int64(value)*60, 0).UTC().Format("2006-01-02T15:04"))
		case Municipality:
			out = fmt.Appendf(out, `"%03d"`, value)
		case []Municipality:
			for n, m := range value {
				out = fmt.Appendf(out, `%c"%03d"`, "[,"[min(n, 1)], m)
			}
			out = append(out, ']')
		default:
			out = appendOptions(out, field, options[id])
		}
	}
	return append(out, '}')
}

func appendOptions(out []byte, field reflect.Value, options []string) []byte {
	if field.Kind() == reflect.Uint8 {
		return strconv.AppendQuote(out, options[field.Uint()])
	}
	out = append(out, '[')
	for o, id := range options {
		if field.Uint()>>o&1 == 1 {
			if out[len(out)-1] != '[' {
				out = append(out, ',')
			}
			out = strconv.AppendQuote(out, id)
		}
	}
	return append(out, ']')
}

// Independent are questions whose answer decides about no other question being asked, and whose answers can be tried one by one.
var Independent = func() (out []string) {
	gates := map[string]bool{
		"state_road_use": true, "motor_race_on_road": true, "amplified_sound": true, "films": true, "food": true, "food_own": true, "food_registered": true,
		"alcohol": true, "open_fire": true, "fireworks": true, "laser_class": true, "structures": true, "indoor_accommodation_persons": true,
		"camping_persons": true, "animals": true, "motor_terrain": true, "motor_watercraft": true, "motor_repeated": true, "lottery": true,
	}
	fields := reflect.ValueOf(Answers{})
	for i := range fields.NumField() {
		id := questionID(i)
		if !gates[id] && (fields.Field(i).Kind() == reflect.Bool || options[id] != nil || numbers[id] != nil) {
			out = append(out, id)
		}
	}
	return out
}()

// Variants returns the answers with every answer to a question that makes a difference, nil when it is not asked.
func (a *Answers) Variants(question string) []Answers {
	if !a.asked(question) {
		return nil
	}
	var out []Answers
	add := func(set func(reflect.Value)) {
		b := *a
		fields := reflect.ValueOf(&b).Elem()
		for i := range fields.NumField() {
			if questionID(i) == question {
				set(fields.Field(i))
			}
		}
		out = append(out, b)
	}
	switch choice := options[question]; {
	case numbers[question] != nil:
		for _, n := range numbers[question] {
			add(func(f reflect.Value) {
				if f.Kind() == reflect.Float64 {
					f.SetFloat(float64(n))
				} else {
					f.SetInt(int64(n))
				}
			})
		}
	case choice == nil:
		add(func(f reflect.Value) { f.SetBool(false) })
		add(func(f reflect.Value) { f.SetBool(true) })
	default:
		for o := range choice {
			add(func(f reflect.Value) {
				if f.Kind() == reflect.Uint8 {
					f.SetUint(uint64(o))
				} else {
					f.SetUint(1 << o)
				}
			})
		}
		if len(choice) > 4 { // sets: what any two options, and none, make of it
			add(func(f reflect.Value) {
				if f.Kind() == reflect.Uint16 {
					f.SetUint(0)
				}
			})
			for o := range choice {
				for p := range o {
					add(func(f reflect.Value) {
						if f.Kind() == reflect.Uint16 {
							f.SetUint(1<<o | 1<<p)
						}
					})
				}
			}
		}
	}
	return out
}

// Stray returns answers to some of the questions that are not asked.
func Stray(random *rand.Rand, a *Answers) map[string]any {
	out := map[string]any{}
	fields := reflect.ValueOf(a).Elem()
	for i := range fields.NumField() {
		id := questionID(i)
		if a.asked(id) || random.IntN(2) == 0 {
			continue
		}
		switch {
		case fields.Field(i).Kind() == reflect.Bool:
			out[id] = random.IntN(2) == 0
		case numbers[id] != nil:
			out[id] = float64(pick(random, numbers[id]))
		}
	}
	return out
}
