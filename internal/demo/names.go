package demo

import "strings"

// Names that no real person bears: common given names, and surnames that say themselves that they are invented.
var (
	staffGiven = []string{"Karin", "Ingrid", "Lars", "Maria", "Johan", "Åsa", "Örjan", "Ängla", "Erik", "Samira", "Nils", "Birgitta",
		"Hassan", "Elin", "Göran", "Ylva", "Petra", "Daniel", "Sofia", "Mikael"}
	parentGiven = []string{"Amina", "Yusuf", "Sara", "Ali", "Fadumo", "Mehmet", "Anna", "Olena", "Tesfay", "Leila", "Mats", "Jenny",
		"Abdi", "Rahel", "Viktor", "Zahra", "Camilla", "Dawit", "Oksana", "Björn", "Maryam", "Åke", "Senait", "Henrik"}
	surnames = []string{"Exempelgren", "Provlund", "Påhittsson", "Låtsasberg", "Demoström", "Skisserud", "Utkastsson", "Mallqvist",
		"Sagosten", "Fabelstrand", "Öppningsfeldt", "Ämnesson", "Åtminstone", "Testamark", "Övningsson", "Platshållar"}
	trees  = []string{"Eken", "Björken", "Linden", "Alen", "Rönnen", "Lönnen", "Asken", "Boken", "Granen", "Tallen", "Enen", "Haggen"}
	places = []string{"Familjecentralen Söder", "Föräldrahuset", "Kulturhuset", "Öppna förskolan Linden", "Socialkontoret", "Ungdomens hus",
		"Biblioteket", "Familjehuset Ängen", "Åkerbo skola", "Östra mötesplatsen"}
)

// municipality is a real municipality with its code at SCB; what is said of it in the demo is invented.
type municipality struct{ code, name string }

var municipalities = []municipality{
	{"0780", "Växjö"}, {"2480", "Umeå"}, {"0127", "Botkyrka"}, {"0980", "Gotland"}, {"0180", "Stockholm"}, {"1480", "Göteborg"},
	{"1280", "Malmö"}, {"0380", "Uppsala"}, {"0580", "Linköping"}, {"1980", "Västerås"}, {"1283", "Helsingborg"}, {"0581", "Norrköping"},
	{"0680", "Jönköping"}, {"1281", "Lund"}, {"1490", "Borås"}, {"0126", "Huddinge"}, {"0484", "Eskilstuna"}, {"2180", "Gävle"},
	{"1780", "Karlstad"}, {"2281", "Sundsvall"}, {"2580", "Luleå"}, {"2380", "Östersund"}, {"2062", "Mora"}, {"0880", "Kalmar"},
	{"1380", "Halmstad"}, {"2080", "Falun"}, {"1488", "Trollhättan"}, {"2482", "Skellefteå"}, {"2584", "Kiruna"}, {"2581", "Piteå"},
	{"2283", "Sollefteå"}, {"1784", "Arvika"}, {"1286", "Ystad"}, {"1080", "Karlskrona"}, {"1290", "Kristianstad"}, {"1496", "Skövde"},
	{"0480", "Nyköping"}, {"2284", "Örnsköldsvik"}, {"2280", "Härnösand"}, {"1880", "Örebro"},
}

// inFull is what a municipality is called: "Växjö kommun", "Lunds kommun", "Borås kommun".
func inFull(name string) string {
	last := []rune(name)[len([]rune(name))-1]
	if strings.ContainsRune("aeiouyåäösxz0123456789", last) {
		return name + " kommun"
	}
	return name + "s kommun"
}
