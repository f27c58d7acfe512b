// Package event decides the events bundle in Go written by hand: what a good engineer would write who has no rule language. It is
// what the engine is measured against, and an independent reading of the same rules that the engine must agree with. Answers go in
// as a struct, bit sets of requirements come out.
//
// It follows the bundle in force on Day; a change of the bundle's rules is a change here, which TestTheEngineDecidesAsByHand demands.
package event

import (
	"bytes"
	"fmt"
)

// Answers are the answers to the questions of the events bundle, as one would type them who writes its rules in Go.
// An answer that is not given is zero, and so is the first option of every choice.
type Answers struct {
	EventKind                  EventKind       `json:"event_kind"`
	OrganiserType              OrganiserType   `json:"organiser_type"`
	Municipality               []Municipality  `json:"municipality"`
	StartsAt                   Minute          `json:"starts_at"`
	EndsAt                     Minute          `json:"ends_at"`
	AttendeesPeak              int             `json:"attendees_peak"`
	AttendeesTotal             int             `json:"attendees_total"`
	SpecialGroup               bool            `json:"special_group"`
	StirsEmotions              bool            `json:"stirs_emotions"`
	PlaceTypes                 PlaceTypes      `json:"place_types"`
	PlaceOwner                 PlaceOwner      `json:"place_owner"`
	RestrictsOtherUse          bool            `json:"restricts_other_use"`
	AreaEnclosed               bool            `json:"area_enclosed"`
	ExitsUnusual               bool            `json:"exits_unusual"`
	UseDeviates                bool            `json:"use_deviates"`
	SpecialDanger              bool            `json:"special_danger"`
	PaidEntry                  bool            `json:"paid_entry"`
	NatureProtected            bool            `json:"nature_protected"`
	Stewards                   Stewards        `json:"stewards"`
	TrafficControllers         bool            `json:"traffic_controllers"`
	StreetUse                  bool            `json:"street_use"`
	StateRoadUse               StateRoadUse    `json:"state_road_use"`
	RoadStopMinutes            int             `json:"road_stop_minutes"`
	MotorRaceOnRoad            bool            `json:"motor_race_on_road"`
	OtherRoadSigns             bool            `json:"other_road_signs"`
	PrivateRoadClosed          bool            `json:"private_road_closed"`
	SignsByRoad                bool            `json:"signs_by_road"`
	AmplifiedSound             bool            `json:"amplified_sound"`
	Sound2207                  bool            `json:"sound_22_07"`
	NoiseDisturbing            bool            `json:"noise_disturbing"`
	Music                      Music           `json:"music"`
	Films                      Films           `json:"films"`
	AdultsOnlyShow             bool            `json:"adults_only_show"`
	Food                       Food            `json:"food"`
	FoodOwn                    bool            `json:"food_own"`
	FoodRegistered             bool            `json:"food_registered"`
	OperatorHomeMunicipality   Municipality    `json:"operator_home_municipality"`
	Alcohol                    Alcohol         `json:"alcohol"`
	AlcoholAreaPreapproved     bool            `json:"alcohol_area_preapproved"`
	AlcoholAfter0130           bool            `json:"alcohol_after_0130"`
	TobaccoSale                bool            `json:"tobacco_sale"`
	OpenFire                   bool            `json:"open_fire"`
	HeavySmoke                 bool            `json:"heavy_smoke"`
	Fireworks                  Fireworks       `json:"fireworks"`
	FireworksNewYear           bool            `json:"fireworks_new_year"`
	SpecialEffects             bool            `json:"special_effects"`
	FireShow                   bool            `json:"fire_show"`
	LpgKg                      float64         `json:"lpg_kg"`
	DieselL                    float64         `json:"diesel_l"`
	LaserClass                 LaserClass      `json:"laser_class"`
	BeamsToSky                 bool            `json:"beams_to_sky"`
	Drone                      Drone           `json:"drone"`
	AirspaceRestriction        bool            `json:"airspace_restriction"`
	AirShow                    bool            `json:"air_show"`
	Structures                 Structures      `json:"structures"`
	StructureDays              int             `json:"structure_days"`
	IndoorAccommodationPersons int             `json:"indoor_accommodation_persons"`
	IndoorAccommodationNights  int             `json:"indoor_accommodation_nights"`
	CampingPersons             int             `json:"camping_persons"`
	CampingDays                int             `json:"camping_days"`
	Animals                    Animals         `json:"animals"`
	AnimalCompetitionListed    bool            `json:"animal_competition_listed"`
	FarmAnimalsPresent         bool            `json:"farm_animals_present"`
	RiskyActivities            RiskyActivities `json:"risky_activities"`
	NearWater                  bool            `json:"near_water"`
	MotorWatercraft            bool            `json:"motor_watercraft"`
	WaterwayRestricted         bool            `json:"waterway_restricted"`
	MotorTerrain               bool            `json:"motor_terrain"`
	MotorRepeated              bool            `json:"motor_repeated"`
	MotorHarm                  bool            `json:"motor_harm"`
	MotorZoned                 bool            `json:"motor_zoned"`
	Lottery                    Lottery         `json:"lottery"`
	LotteryValue               float64         `json:"lottery_value"`
	LotterySeveralPoliceAreas  bool            `json:"lottery_several_police_areas"`
	MoneyCollection            MoneyCollection `json:"money_collection"`
	LicensedRadio              bool            `json:"licensed_radio"`
	LocalRadioBroadcast        bool            `json:"local_radio_broadcast"`
	WastewaterToSewer          bool            `json:"wastewater_to_sewer"`
}

// Municipality is the number of a municipality's code.
type Municipality uint16

// Minute is a time in minutes since 1970-01-01 00:00, as on the clock of the place.
type Minute int64

// EventKind is the number of an option.
type EventKind uint8

const (
	EventKindPublicEvent EventKind = iota
	EventKindPublicMeeting
	EventKindPrivateEvent
)

// OrganiserType is the number of an option.
type OrganiserType uint8

const (
	OrganiserTypeCompany OrganiserType = iota
	OrganiserTypeAssociation
	OrganiserTypeMunicipality
	OrganiserTypePerson
)

// PlaceTypes is a set of options.
type PlaceTypes uint16

const (
	PlaceTypesAssemblyHall PlaceTypes = 1 << iota
	PlaceTypesOtherIndoor
	PlaceTypesStreetSquarePark
	PlaceTypesSportsField
	PlaceTypesStateRoad
	PlaceTypesPrivateRoad
	PlaceTypesTerrain
	PlaceTypesStateLand
	PlaceTypesWater
	PlaceTypesIce
	PlaceTypesSchoolYard
)

// PlaceOwner is the number of an option.
type PlaceOwner uint8

const (
	PlaceOwnerSelf PlaceOwner = iota
	PlaceOwnerMunicipality
	PlaceOwnerState
	PlaceOwnerPrivate
)

// Stewards is the number of an option.
type Stewards uint8

const (
	StewardsNone Stewards = iota
	StewardsApproved
	StewardsTemporary
)

// StateRoadUse is the number of an option.
type StateRoadUse uint8

const (
	StateRoadUseNone StateRoadUse = iota
	StateRoadUseUsed
	StateRoadUseStopped
)

// Music is the number of an option.
type Music uint8

const (
	MusicNone Music = iota
	MusicLive
	MusicRecorded
	MusicBoth
)

// Films is the number of an option.
type Films uint8

const (
	FilmsNone Films = iota
	FilmsClassified
	FilmsUnclassified
)

// Food is the number of an option.
type Food uint8

const (
	FoodNone Food = iota
	FoodOccasional
	FoodOperator
)

// Alcohol is the number of an option.
type Alcohol uint8

const (
	AlcoholNone Alcohol = iota
	AlcoholMild
	AlcoholOver28
)

// Fireworks is the number of an option.
type Fireworks uint8

const (
	FireworksNone Fireworks = iota
	FireworksConsumer
	FireworksProfessional
)

// LaserClass is the number of an option.
type LaserClass uint8

const (
	LaserClassNone LaserClass = iota
	LaserClassLow
	LaserClassHigh
)

// Drone is the number of an option.
type Drone uint8

const (
	DroneNone Drone = iota
	DroneOpenRules
	DroneBeyond
)

// Structures is a set of options.
type Structures uint16

const (
	StructuresSmallStalls Structures = 1 << iota
	StructuresAudienceTent
	StructuresStage
	StructuresGrandstand
	StructuresMast
)

// Animals is the number of an option.
type Animals uint8

const (
	AnimalsNone Animals = iota
	AnimalsShow
	AnimalsCompetition
)

// RiskyActivities is a set of options.
type RiskyActivities uint16

const (
	RiskyActivitiesRides RiskyActivities = 1 << iota
	RiskyActivitiesBouncy
	RiskyActivitiesRiding
	RiskyActivitiesClimbing
	RiskyActivitiesObstacle
)

// Lottery is the number of an option.
type Lottery uint8

const (
	LotteryNone Lottery = iota
	LotterySameOccasion
	LotteryOther
)

// MoneyCollection is the number of an option.
type MoneyCollection uint8

const (
	MoneyCollectionNone MoneyCollection = iota
	MoneyCollectionSmall
	MoneyCollectionOther
	MoneyCollectionAssociationOwnIndoor
)

// The ids of the options, in the order of their numbers.
var (
	eventKindOptions       = []string{"public_event", "public_meeting", "private_event"}
	organiserTypeOptions   = []string{"company", "association", "municipality", "person"}
	placeTypesOptions      = []string{"assembly_hall", "other_indoor", "street_square_park", "sports_field", "state_road", "private_road", "terrain", "state_land", "water", "ice", "school_yard"}
	placeOwnerOptions      = []string{"self", "municipality", "state", "private"}
	stewardsOptions        = []string{"none", "approved", "temporary"}
	stateRoadUseOptions    = []string{"none", "used", "stopped"}
	musicOptions           = []string{"none", "live", "recorded", "both"}
	filmsOptions           = []string{"none", "classified", "unclassified"}
	foodOptions            = []string{"none", "occasional", "operator"}
	alcoholOptions         = []string{"none", "mild", "over_2_8"}
	fireworksOptions       = []string{"none", "consumer", "professional"}
	laserClassOptions      = []string{"none", "low", "high"}
	droneOptions           = []string{"none", "open_rules", "beyond"}
	structuresOptions      = []string{"small_stalls", "audience_tent", "stage", "grandstand", "mast"}
	animalsOptions         = []string{"none", "show", "competition"}
	riskyActivitiesOptions = []string{"rides", "bouncy", "riding", "climbing", "obstacle"}
	lotteryOptions         = []string{"none", "same_occasion", "other"}
	moneyCollectionOptions = []string{"none", "small", "other", "association_own_indoor"}
)

// UnmarshalText reads an option's id.
func (c *EventKind) UnmarshalText(b []byte) error {
	return readOption((*uint8)(c), b, eventKindOptions)
}

// UnmarshalText reads an option's id.
func (c *OrganiserType) UnmarshalText(b []byte) error {
	return readOption((*uint8)(c), b, organiserTypeOptions)
}

// UnmarshalJSON reads a list of option ids.
func (s *PlaceTypes) UnmarshalJSON(b []byte) error {
	return readSet((*uint16)(s), b, placeTypesOptions)
}

// UnmarshalText reads an option's id.
func (c *PlaceOwner) UnmarshalText(b []byte) error {
	return readOption((*uint8)(c), b, placeOwnerOptions)
}

// UnmarshalText reads an option's id.
func (c *Stewards) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, stewardsOptions) }

// UnmarshalText reads an option's id.
func (c *StateRoadUse) UnmarshalText(b []byte) error {
	return readOption((*uint8)(c), b, stateRoadUseOptions)
}

// UnmarshalText reads an option's id.
func (c *Music) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, musicOptions) }

// UnmarshalText reads an option's id.
func (c *Films) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, filmsOptions) }

// UnmarshalText reads an option's id.
func (c *Food) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, foodOptions) }

// UnmarshalText reads an option's id.
func (c *Alcohol) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, alcoholOptions) }

// UnmarshalText reads an option's id.
func (c *Fireworks) UnmarshalText(b []byte) error {
	return readOption((*uint8)(c), b, fireworksOptions)
}

// UnmarshalText reads an option's id.
func (c *LaserClass) UnmarshalText(b []byte) error {
	return readOption((*uint8)(c), b, laserClassOptions)
}

// UnmarshalText reads an option's id.
func (c *Drone) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, droneOptions) }

// UnmarshalJSON reads a list of option ids.
func (s *Structures) UnmarshalJSON(b []byte) error {
	return readSet((*uint16)(s), b, structuresOptions)
}

// UnmarshalText reads an option's id.
func (c *Animals) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, animalsOptions) }

// UnmarshalJSON reads a list of option ids.
func (s *RiskyActivities) UnmarshalJSON(b []byte) error {
	return readSet((*uint16)(s), b, riskyActivitiesOptions)
}

// UnmarshalText reads an option's id.
func (c *Lottery) UnmarshalText(b []byte) error { return readOption((*uint8)(c), b, lotteryOptions) }

// UnmarshalText reads an option's id.
func (c *MoneyCollection) UnmarshalText(b []byte) error {
	return readOption((*uint8)(c), b, moneyCollectionOptions)
}

// UnmarshalText reads a code of three digits.
func (m *Municipality) UnmarshalText(b []byte) error {
	n, ok := digits(b, 3)
	if !ok || len(b) != 3 {
		return fmt.Errorf("%q is not a municipality", b)
	}
	*m = Municipality(n)
	return nil
}

// UnmarshalText reads "2006-01-02T15:04".
func (m *Minute) UnmarshalText(b []byte) error {
	if len(b) == 16 && b[4] == '-' && b[7] == '-' && b[10] == 'T' && b[13] == ':' {
		year, ok1 := digits(b, 4)
		month, ok2 := digits(b[5:], 2)
		day, ok3 := digits(b[8:], 2)
		hour, ok4 := digits(b[11:], 2)
		minute, ok5 := digits(b[14:], 2)
		if ok1 && ok2 && ok3 && ok4 && ok5 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 {
			*m = Minute(days(year, month, day)*minutesPerDay + hour*60 + minute)
			return nil
		}
	}
	return fmt.Errorf("%q is not a date with a time", b)
}

const minutesPerDay = 24 * 60

// days counts the days from 1970-01-01; years begin in March, so that a leap day is a year's last.
func days(year, month, day int) int {
	if month <= 2 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719469
}

func digits(b []byte, n int) (int, bool) {
	value := 0
	for _, c := range b[:min(n, len(b))] {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = 10*value + int(c-'0')
	}
	return value, len(b) >= n
}

func readOption(to *uint8, b []byte, options []string) error {
	for i, o := range options {
		if string(b) == o {
			*to = uint8(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not an option", b)
}

// readSet reads a list of option ids, which have no characters that JSON escapes.
func readSet(to *uint16, b []byte, options []string) error {
	*to = 0
	for {
		begin := bytes.IndexByte(b, '"')
		if begin < 0 {
			return nil
		}
		end := bytes.IndexByte(b[begin+1:], '"')
		var option uint8
		if err := readOption(&option, b[begin+1:begin+1+end], options); err != nil {
			return err
		}
		*to |= 1 << option
		b = b[begin+end+2:]
	}
}
