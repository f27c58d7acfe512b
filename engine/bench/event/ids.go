package event

// The bits of Decision, in the order of the ids below.
const (
	landUsePermission = iota
	privateRoadConsent
	stateLandEventNotice
	natureReserveExemption
	publicEventNotice
	publicMeetingNotice
	securityPlan
	rescuePlan
	stewardApproval
	consumerSafetyDocument
	trafficControllerApproval
	stateRoadClosure
	stateRoadTrafficArrangement
	streetUseOrClosure
	roadsideSigns
	noiseNotification
	largeEventHealthNotice
	wasteManagementPlan
	sewerDischargeAgreement
	foodPremisesRegistration
	foodInformationNotice
	foodVendorList
	alcoholServingLicence
	alcoholServingNotice
	alcoholExtendedHoursNotice
	tobaccoRetailLicence
	fireworksShowNoticePolice
	fireworksPrivateNoticeRescue
	specialEffectsNotice
	fireShowNotice
	openFireSmokeNotice
	chemicalsTemporaryNotice
	laserPermit
	laserAviationNotice
	droneOperationalAuthorisation
	airspaceRestriction
	airDisplayPermit
	buildingPermitTemporary
	temporaryAccommodationNotice
	temporaryCampsiteNotice
	animalCompetitionNotice
	animalPlaceRegistration
	terrainMotorPermit
	watercraftEventPermit
	waterwayRestriction
	musicLicence
	filmScreeningPermit
	radioLicence
	goodsLotteryPermit
	smallLotteryAccount
	smallCollectionNotice
	moneyCollectionPermit
	publicAreaNotification
	temporaryStructureNotice
	transportInformation
	accommodationRescuePlan
)

const lotteryByCompanyOrPerson = 0

const (
	warnWildfire = iota
	warnWildfireFireworks
	warnAlcoholInStands
	warnAlcoholAndYoungAudience
	warnExtendedServingOutdoors
	warnSmokingInSchoolYard
	warnDroneOverCrowd
	warnSameAudience
	warnLotteryByMunicipality
	warnFilmRights
	warnRiskyServices
	warnTurkuGuidanceSigns
	warnTurkuSorting
	warnEndOfSummerFireworks
	warnHelsinkiVaraamo
)

// The ids behind the bits.
var (
	Requirements = []string{
		"land-use-permission",
		"private-road-consent",
		"state-land-event-notice",
		"nature-reserve-exemption",
		"public-event-notice",
		"public-meeting-notice",
		"security-plan",
		"rescue-plan",
		"steward-approval",
		"consumer-safety-document",
		"traffic-controller-approval",
		"state-road-closure",
		"state-road-traffic-arrangement",
		"street-use-or-closure",
		"roadside-signs",
		"noise-notification",
		"large-event-health-notice",
		"waste-management-plan",
		"sewer-discharge-agreement",
		"food-premises-registration",
		"food-information-notice",
		"food-vendor-list",
		"alcohol-serving-licence",
		"alcohol-serving-notice",
		"alcohol-extended-hours-notice",
		"tobacco-retail-licence",
		"fireworks-show-notice-police",
		"fireworks-private-notice-rescue",
		"special-effects-notice",
		"fire-show-notice",
		"open-fire-smoke-notice",
		"chemicals-temporary-notice",
		"laser-permit",
		"laser-aviation-notice",
		"drone-operational-authorisation",
		"airspace-restriction",
		"air-display-permit",
		"building-permit-temporary",
		"temporary-accommodation-notice",
		"temporary-campsite-notice",
		"animal-competition-notice",
		"animal-place-registration",
		"terrain-motor-permit",
		"watercraft-event-permit",
		"waterway-restriction",
		"music-licence",
		"film-screening-permit",
		"radio-licence",
		"goods-lottery-permit",
		"small-lottery-account",
		"small-collection-notice",
		"money-collection-permit",
		"public-area-notification",
		"temporary-structure-notice",
		"transport-information",
		"accommodation-rescue-plan",
	}
	ImpossibleRules = []string{"lottery-by-company-or-person"}
	WarningRules    = []string{
		"wildfire",
		"wildfire-fireworks",
		"alcohol-in-stands",
		"alcohol-and-young-audience",
		"extended-serving-outdoors",
		"smoking-in-school-yard",
		"drone-over-crowd",
		"same-audience",
		"lottery-by-municipality",
		"film-rights",
		"risky-services",
		"turku-guidance-signs",
		"turku-sorting",
		"end-of-summer-fireworks",
		"helsinki-varaamo",
	}
)
