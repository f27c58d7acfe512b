package event

import "math"

// Day is the day of handling whose law and parameters the decision follows.
const Day = "2026-11-24"

// Decision is what Decide finds: a bit for each of Requirements that is needed or must be asked about, a bit for each of
// ImpossibleRules and WarningRules that holds.
type Decision struct {
	Needed, Ask          uint64
	Impossible, Warnings uint32
}

// Thresholds that are the same everywhere.
const (
	policeNoticePersons    = 200
	rescuePlanPersons      = 200
	audienceTentPersons    = 200
	safetyDocumentAudience = 1000
	accommodationNights    = 7
	lpgLimit               = 200.0
	dieselLimit            = 10000.0
	roadClosureMinutes     = 10
	stateLandPersons       = 10
	manySleepers           = 20
	manyVisitors           = 8000
	wastePlanLowestKnown   = 500
	campingPersonsLimit    = 100
	campingDaysLimit       = 14
	structureDaysLowest    = 7
	smallLotteryLimit      = 3000.0
)

// unset is a threshold that nothing exceeds: the municipality has none.
const unset = math.MaxInt

type areaPermit uint8

const (
	whenRestricting areaPermit = iota
	always
	notificationOnly
)

// span is a part of the day in minutes.
type span struct{ from, to int }

// local is what differs by municipality.
type local struct {
	specialGroup     int // a rescue plan above so many
	largeEvent       int // a health notice from so many
	healthOnlyIfFood bool
	wastePlan        int // a waste plan above so many
	structureDays    int // building control above so many
	areaPermit       areaPermit
	quiet            [8]span // hours free of a noise notification; 1 is Monday
	rules            ownRules
}

// ownRules are what a municipality adds to the national rules, a bit each.
type ownRules uint16

const (
	inkoo ownRules = 1 << iota
	turku
	kerava
	espoo
	imatra
	ostrobothnia
	helsinki
	vantaa
	southKarelia
)

// locals has a municipality's values under the number of its code.
var locals = func() (all [1000]local) {
	week := func(weekday, sunday span) (q [8]span) {
		for i := 1; i <= 6; i++ {
			q[i] = weekday
		}
		q[7] = sunday
		return q
	}
	common := span{7 * 60, 22 * 60}
	for i := range all {
		all[i] = local{specialGroup: unset, largeEvent: 500, wastePlan: unset, structureDays: unset, quiet: week(common, common)}
	}
	for _, m := range []int{61, 82, 86, 103, 109, 165, 169, 433, 694, 834, 981} { // Kanta-Häme
		all[m].specialGroup = 100
	}
	for _, m := range []int{69, 9, 535, 746, 977, 297, 90, 171, 420, 593, 915} {
		all[m].largeEvent = 501
	}
	for _, m := range []int{297, 90, 171, 420, 593, 915} { // Kuopio and Keski-Savo
		all[m].healthOnlyIfFood = true
	}
	for _, m := range []int{276, 98} {
		all[m].wastePlan = 500
	}
	for _, m := range []int{853, 202, 423, 481, 503, 529, 538, 577, 680, 704, 738} { // Turku and around
		all[m].wastePlan = 1000
	}
	all[208].wastePlan = 5000
	all[405].structureDays = 7
	for _, m := range []int{179, 153, 684, 491} {
		all[m].structureDays = 14
	}
	all[91].structureDays = 60
	all[853].areaPermit = always
	all[245].areaPermit = notificationOnly
	for m, rules := range map[int]ownRules{149: inkoo, 853: turku, 245: kerava, 49: espoo, 153: imatra | southKarelia, 91: helsinki, 92: vantaa} {
		all[m].rules = rules
	}
	for _, m := range []int{405, 416, 441, 580, 689, 700, 739, 831} {
		all[m].rules |= southKarelia
	}
	for _, m := range []int{
		5, 10, 52, 145, 151, 152, 218, 232, 233, 300, 301, 403, 408, 743, 759, 846, 934, 989, // Etelä-Pohjanmaa
		231, 280, 287, 288, 399, 440, 475, 499, 545, 598, 599, 893, 905, 946, // Pohjanmaa
		74, 217, 236, 272, 421, 584, 849, 924, // Keski-Pohjanmaa
	} {
		all[m].rules |= ostrobothnia
	}
	all[149].quiet = week(common, span{9 * 60, 20 * 60})
	all[92].quiet = week(span{7 * 60, 21 * 60}, span{12 * 60, 20 * 60})
	return all
}()

func floorDiv(a, b Minute) Minute {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// outside reports whether any of the time from a to b is outside the quiet hours of its day.
func (l *local) outside(a, b Minute) bool {
	first := floorDiv(a, minutesPerDay)
	for day := first; day*minutesPerDay <= b && day <= first+7; day++ {
		midnight := day * minutesPerDay
		from, to := max(a, midnight), min(b, midnight+minutesPerDay)
		if from >= to && !(a == b && from == to) {
			continue
		}
		quiet := &l.quiet[(day+3)%7+1] // 1970-01-01 was a Thursday
		if from < midnight+Minute(quiet.from) || to > midnight+Minute(quiet.to) {
			return true
		}
	}
	return false
}

// OutsideQuietHours reports whether the event goes on outside the hours that are free of a noise notification, at one of its places.
func (a *Answers) OutsideQuietHours() bool {
	for _, m := range a.Municipality {
		if locals[m].outside(a.StartsAt, a.EndsAt) {
			return true
		}
	}
	return false
}

const (
	indoors             = PlaceTypesAssemblyHall | PlaceTypesOtherIndoor
	publicPlaceOutdoors = PlaceTypesStreetSquarePark | PlaceTypesStateRoad | PlaceTypesSportsField | PlaceTypesTerrain | PlaceTypesWater | PlaceTypesIce
)

// Decide finds what an event needs from complete answers.
func Decide(a *Answers) Decision {
	var d Decision
	publicEvent := a.EventKind == EventKindPublicEvent
	openToAll := a.EventKind != EventKindPrivateEvent
	publicMeeting := a.EventKind == EventKindPublicMeeting
	outdoors := a.PlaceTypes&^indoors != 0
	strongAlcohol := a.Alcohol == AlcoholOver28
	fireworks := a.Fireworks != FireworksNone
	lateEnd := a.EndsAt >= floorDiv(a.StartsAt, minutesPerDay)*minutesPerDay+22*60

	// What differs by place is needed when it is needed at one of them.
	var areaOfMunicipality, specialGroupPlan, healthNotice, wastePlan, wastePlanUnknown, longStructures, structuresUnknown bool
	for _, m := range a.Municipality {
		l := &locals[m]
		if a.PlaceOwner == PlaceOwnerMunicipality {
			if a.RestrictsOtherUse && !(l.areaPermit == notificationOnly && a.PlaceTypes == PlaceTypesStreetSquarePark) ||
				outdoors && l.areaPermit == always {
				areaOfMunicipality = true
			}
		}
		if a.AttendeesPeak > l.specialGroup {
			specialGroupPlan = true
		}
		if a.AttendeesPeak >= l.largeEvent && (!l.healthOnlyIfFood || a.Food != FoodNone) {
			healthNotice = true
		}
		if a.AttendeesTotal > l.wastePlan {
			wastePlan = true
		}
		if l.wastePlan == unset && a.AttendeesTotal > wastePlanLowestKnown {
			wastePlanUnknown = true
		}
		if a.StructureDays > l.structureDays {
			longStructures = true
		}
		if l.structureDays == unset && a.StructureDays > structureDaysLowest {
			structuresUnknown = true
		}
		if l.rules != 0 {
			a.own(l, &d, outdoors, lateEnd)
		}
	}

	// Area.
	meetingInPublicPlace := publicMeeting && a.PlaceTypes&publicPlaceOutdoors != 0
	if meetingInPublicPlace {
		d.Needed |= 1 << publicMeetingNotice
	}
	if (a.PlaceOwner == PlaceOwnerState || a.PlaceOwner == PlaceOwnerPrivate || areaOfMunicipality) && !publicMeeting && a.PlaceTypes != PlaceTypesStateRoad {
		d.Needed |= 1 << landUsePermission
		d.Ask &^= 1 << landUsePermission
	} else if meetingInPublicPlace {
		d.Ask &^= 1 << landUsePermission
	}
	if a.PrivateRoadClosed || a.PlaceTypes&PlaceTypesPrivateRoad != 0 {
		d.Needed |= 1 << privateRoadConsent
	}
	if a.PlaceTypes&PlaceTypesStateLand != 0 && (a.AttendeesTotal >= stateLandPersons || a.OrganiserType == OrganiserTypeCompany || a.PaidEntry) {
		d.Needed |= 1 << stateLandEventNotice
	}
	if a.NatureProtected {
		d.Needed |= 1 << natureReserveExemption
	}

	// Order and safety.
	rescue := openToAll && (a.AttendeesPeak >= rescuePlanPersons || a.OpenFire || fireworks || a.SpecialEffects || a.FireShow ||
		a.ExitsUnusual || a.SpecialDanger || a.SpecialGroup && specialGroupPlan)
	if rescue {
		d.Needed |= 1 << rescuePlan
	} else if !openToAll && a.AttendeesPeak >= rescuePlanPersons {
		d.Ask |= 1 << rescuePlan
	}
	if publicEvent {
		switch {
		case a.AttendeesPeak >= policeNoticePersons,
			a.RestrictsOtherUse && a.PlaceTypes&(PlaceTypesStreetSquarePark|PlaceTypesStateRoad) != 0,
			a.SpecialGroup, a.StirsEmotions, a.Sound2207,
			lateEnd,
			a.Stewards != StewardsNone, a.TrafficControllers, strongAlcohol, a.StreetUse, a.StateRoadUse != StateRoadUseNone,
			fireworks, a.AreaEnclosed, rescue, a.WaterwayRestricted, a.MotorWatercraft, a.NoiseDisturbing:
			d.Needed |= 1 << publicEventNotice
			if a.AttendeesPeak >= policeNoticePersons || a.Stewards != StewardsNone || strongAlcohol || a.StirsEmotions {
				d.Needed |= 1 << securityPlan
			}
		default:
			d.Ask |= 1 << publicEventNotice
		}
		if a.RiskyActivities != 0 || a.NearWater || a.SpecialDanger {
			d.Needed |= 1 << consumerSafetyDocument
		} else if a.AttendeesPeak >= safetyDocumentAudience {
			d.Ask |= 1 << consumerSafetyDocument
		}
		if healthNotice {
			d.Needed |= 1 << largeEventHealthNotice
		}
		if wastePlan {
			d.Needed |= 1 << wasteManagementPlan
		} else if wastePlanUnknown {
			d.Ask |= 1 << wasteManagementPlan
		}
	}
	if a.Stewards != StewardsNone {
		d.Needed |= 1 << stewardApproval
	}

	// Traffic.
	if a.TrafficControllers {
		d.Needed |= 1 << trafficControllerApproval
	}
	if a.MotorRaceOnRoad || a.StateRoadUse == StateRoadUseStopped && a.RoadStopMinutes > roadClosureMinutes {
		d.Needed |= 1 << stateRoadClosure
		if a.OtherRoadSigns {
			d.Needed |= 1 << stateRoadTrafficArrangement
		}
	} else if a.StateRoadUse != StateRoadUseNone {
		d.Needed |= 1 << stateRoadTrafficArrangement
	}
	if a.StreetUse {
		d.Needed |= 1 << streetUseOrClosure
	}
	if a.SignsByRoad {
		d.Needed |= 1 << roadsideSigns
	}

	// Environment and health.
	if a.NoiseDisturbing || a.AmplifiedSound && a.OutsideQuietHours() {
		d.Needed |= 1 << noiseNotification
	}
	if d.Needed>>noiseNotification&1 == 1 {
		d.Ask &^= 1 << noiseNotification
	}
	if a.WastewaterToSewer {
		d.Needed |= 1 << sewerDischargeAgreement
	}
	if !a.MotorZoned && (a.MotorRepeated || a.MotorHarm) {
		if a.MotorTerrain {
			d.Needed |= 1 << terrainMotorPermit
		}
		if a.MotorWatercraft {
			d.Needed |= 1 << watercraftEventPermit
		}
	}
	if a.WaterwayRestricted {
		d.Needed |= 1 << waterwayRestriction
	}

	// Serving and selling.
	if a.Food == FoodOperator {
		if a.FoodOwn {
			d.Needed |= 1 << foodInformationNotice
			if !a.FoodRegistered {
				d.Needed |= 1 << foodPremisesRegistration
			}
		} else {
			d.Needed |= 1 << foodVendorList
		}
	}
	if strongAlcohol {
		if a.AlcoholAreaPreapproved {
			d.Needed |= 1 << alcoholServingNotice
		} else {
			d.Needed |= 1 << alcoholServingLicence
		}
		if a.AlcoholAfter0130 {
			d.Needed |= 1 << alcoholExtendedHoursNotice
			if outdoors {
				d.Warnings |= 1 << warnExtendedServingOutdoors
			}
		}
		if a.Structures&StructuresGrandstand != 0 {
			d.Warnings |= 1 << warnAlcoholInStands
		}
		if a.SpecialGroup {
			d.Warnings |= 1 << warnAlcoholAndYoungAudience
		}
	}
	if a.TobaccoSale {
		d.Needed |= 1 << tobaccoRetailLicence
	}

	// Fire and dangerous substances.
	switch a.Fireworks {
	case FireworksProfessional:
		d.Needed |= 1 << fireworksShowNoticePolice
	case FireworksConsumer:
		if openToAll || a.OrganiserType != OrganiserTypePerson {
			d.Needed |= 1 << fireworksShowNoticePolice
		} else if !a.FireworksNewYear {
			d.Needed |= 1 << fireworksPrivateNoticeRescue
		}
	}
	if fireworks && !a.FireworksNewYear {
		d.Warnings |= 1 << warnWildfireFireworks
	}
	if a.SpecialEffects {
		d.Needed |= 1 << specialEffectsNotice
	}
	if a.FireShow {
		d.Needed |= 1 << fireShowNotice
	}
	if a.OpenFire {
		if a.HeavySmoke {
			d.Needed |= 1 << openFireSmokeNotice
		}
		d.Warnings |= 1 << warnWildfire
	}
	if a.LpgKg/lpgLimit+a.DieselL/dieselLimit >= 1 {
		d.Needed |= 1 << chemicalsTemporaryNotice
	}

	// Sky.
	if a.LaserClass == LaserClassHigh {
		d.Needed |= 1 << laserPermit
	}
	if a.BeamsToSky {
		d.Needed |= 1 << laserAviationNotice
	}
	if a.Drone == DroneBeyond {
		d.Needed |= 1 << droneOperationalAuthorisation
	}
	if a.Drone != DroneNone {
		d.Warnings |= 1 << warnDroneOverCrowd
	}
	if a.AirspaceRestriction || a.AirShow {
		d.Needed |= 1 << airspaceRestriction
	}
	if a.AirShow {
		d.Needed |= 1 << airDisplayPermit
	}

	// Structures, accommodation, animals.
	longStay := a.IndoorAccommodationPersons > 0 && a.IndoorAccommodationNights > accommodationNights
	if a.UseDeviates || a.Structures != 0 && longStructures {
		d.Needed |= 1 << buildingPermitTemporary
		d.Needed &^= 1 << temporaryStructureNotice
	} else if a.Structures != 0 && structuresUnknown || longStay || a.Structures&StructuresGrandstand != 0 ||
		a.Structures&StructuresAudienceTent != 0 && a.AttendeesPeak >= audienceTentPersons ||
		a.Structures&StructuresStage != 0 && a.AreaEnclosed {
		d.Ask |= 1 << buildingPermitTemporary
	}
	if a.IndoorAccommodationPersons > 0 && !longStay {
		d.Needed |= 1 << temporaryAccommodationNotice
	}
	if a.CampingPersons > campingPersonsLimit {
		if a.CampingDays <= campingDaysLimit {
			d.Needed |= 1 << temporaryCampsiteNotice
		} else {
			d.Ask |= 1 << temporaryCampsiteNotice
		}
	}
	if a.AnimalCompetitionListed {
		d.Needed |= 1 << animalCompetitionNotice
	}
	if a.FarmAnimalsPresent {
		d.Needed |= 1 << animalPlaceRegistration
	}

	// Media, money, radio.
	if a.Music != MusicNone && openToAll {
		d.Needed |= 1 << musicLicence
	}
	if a.Films != FilmsNone {
		if a.Films == FilmsUnclassified && !a.AdultsOnlyShow {
			d.Needed |= 1 << filmScreeningPermit
		}
		d.Warnings |= 1 << warnFilmRights
	}
	if a.LicensedRadio || a.LocalRadioBroadcast {
		d.Needed |= 1 << radioLicence
	}
	if a.Lottery != LotteryNone {
		switch {
		case a.OrganiserType == OrganiserTypeCompany || a.OrganiserType == OrganiserTypePerson:
			// neither the permit nor the small lottery is possible
		case a.Lottery == LotteryOther || a.LotteryValue > smallLotteryLimit:
			d.Needed |= 1 << goodsLotteryPermit
		case a.OrganiserType == OrganiserTypeAssociation:
			d.Needed |= 1 << smallLotteryAccount
		case a.OrganiserType == OrganiserTypeMunicipality:
			d.Ask |= 1 << smallLotteryAccount
		}
		switch a.OrganiserType {
		case OrganiserTypeCompany, OrganiserTypePerson:
			d.Impossible |= 1 << lotteryByCompanyOrPerson
		case OrganiserTypeMunicipality:
			d.Warnings |= 1 << warnLotteryByMunicipality
		}
		if a.Lottery == LotterySameOccasion && d.Impossible&(1<<lotteryByCompanyOrPerson) == 0 && (publicEvent || a.PlaceTypes&PlaceTypesStreetSquarePark != 0 || len(a.Municipality) > 1) {
			d.Warnings |= 1 << warnSameAudience
		}
	}
	switch a.MoneyCollection {
	case MoneyCollectionSmall:
		d.Needed |= 1 << smallCollectionNotice
	case MoneyCollectionOther:
		d.Needed |= 1 << moneyCollectionPermit
	}

	// Warnings that go with nothing else.
	if a.PlaceTypes&PlaceTypesSchoolYard != 0 {
		d.Warnings |= 1 << warnSmokingInSchoolYard
	}
	if a.RiskyActivities != 0 {
		d.Warnings |= 1 << warnRiskyServices
	}
	return d
}

// own decides what a municipality adds, before it is known what the rest of the rules need: what they rule out is taken back there.
func (a *Answers) own(l *local, d *Decision, outdoors, lateEnd bool) {
	publicMunicipalArea := a.PlaceOwner == PlaceOwnerMunicipality && a.PlaceTypes&PlaceTypesStreetSquarePark != 0
	if l.rules&inkoo != 0 && a.AmplifiedSound && a.PlaceTypes&(PlaceTypesStreetSquarePark|PlaceTypesSportsField) == 0 && !a.NearWater {
		d.Needed |= 1 << noiseNotification
	}
	if l.rules&turku != 0 {
		if a.SignsByRoad {
			d.Warnings |= 1 << warnTurkuGuidanceSigns
		}
		if a.EventKind == EventKindPublicEvent && a.Food != FoodNone {
			d.Warnings |= 1 << warnTurkuSorting
		}
	}
	if l.rules&kerava != 0 && publicMunicipalArea {
		if a.EventKind != EventKindPublicMeeting {
			d.Needed |= 1 << publicAreaNotification
		}
		if floorDiv(a.EndsAt, minutesPerDay)-floorDiv(a.StartsAt, minutesPerDay) > 1 {
			d.Ask |= 1 << landUsePermission
		}
	}
	if l.rules&espoo != 0 && a.Fireworks != FireworksNone && !a.FireworksNewYear && lateEnd {
		d.Ask |= 1 << noiseNotification
	}
	if l.rules&imatra != 0 && (a.Structures&(StructuresStage|StructuresGrandstand) != 0 && a.StructureDays <= l.structureDays || a.AreaEnclosed) {
		d.Needed |= 1 << temporaryStructureNotice
	}
	if l.rules&ostrobothnia != 0 && a.Fireworks == FireworksConsumer && a.EventKind == EventKindPrivateEvent && a.OrganiserType == OrganiserTypePerson {
		d.Warnings |= 1 << warnEndOfSummerFireworks
	}
	if l.rules&helsinki != 0 && a.EventKind == EventKindPublicEvent && a.PlaceOwner == PlaceOwnerMunicipality && outdoors && !a.RestrictsOtherUse {
		d.Warnings |= 1 << warnHelsinkiVaraamo
	}
	if l.rules&vantaa != 0 && a.AttendeesTotal > manyVisitors {
		d.Needed |= 1 << transportInformation
	}
	if l.rules&southKarelia != 0 && a.IndoorAccommodationPersons > manySleepers && a.IndoorAccommodationNights <= accommodationNights {
		d.Needed |= 1 << accommodationRescuePlan
	}
}
