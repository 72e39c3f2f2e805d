package programme

import (
	"maps"
	"slices"
)

// languageNames are the languages that a definition may have texts or materials in: code, then its name in Swedish and English.
var languageNames = map[string][2]string{
	"sv": {"svenska", "Swedish"}, "en": {"engelska", "English"}, "ar": {"arabiska", "Arabic"}, "fa": {"persiska/dari", "Persian/Dari"},
	"so": {"somaliska", "Somali"}, "ti": {"tigrinska", "Tigrinya"}, "uk": {"ukrainska", "Ukrainian"}, "ckb": {"sorani", "Sorani"},
	"ps": {"pashto", "Pashto"}, "tr": {"turkiska", "Turkish"}, "pl": {"polska", "Polish"}, "ku": {"kurmanji", "Kurmanji"},
	"ru": {"ryska", "Russian"}, "es": {"spanska", "Spanish"}, "fr": {"franska", "French"}, "de": {"tyska", "German"},
	"it": {"italienska", "Italian"}, "pt": {"portugisiska", "Portuguese"}, "nl": {"nederländska", "Dutch"}, "no": {"norska", "Norwegian"},
	"da": {"danska", "Danish"}, "fi": {"finska", "Finnish"}, "is": {"isländska", "Icelandic"}, "et": {"estniska", "Estonian"},
	"se": {"nordsamiska", "Northern Sámi"}, "fit": {"meänkieli", "Meänkieli"}, "yi": {"jiddisch", "Yiddish"}, "rom": {"romani", "Romani"},
	"bs": {"bosniska", "Bosnian"}, "hr": {"kroatiska", "Croatian"}, "sr": {"serbiska", "Serbian"}, "sq": {"albanska", "Albanian"},
	"ro": {"rumänska", "Romanian"}, "bg": {"bulgariska", "Bulgarian"}, "el": {"grekiska", "Greek"}, "hu": {"ungerska", "Hungarian"},
	"am": {"amhariska", "Amharic"}, "om": {"oromo", "Oromo"}, "sw": {"swahili", "Swahili"}, "th": {"thailändska", "Thai"},
	"vi": {"vietnamesiska", "Vietnamese"}, "zh": {"kinesiska", "Chinese"}, "ur": {"urdu", "Urdu"}, "bn": {"bengali", "Bengali"},
	"he": {"hebreiska", "Hebrew"}, "hi": {"hindi", "Hindi"}, "ja": {"japanska", "Japanese"}, "lt": {"litauiska", "Lithuanian"}, "lv": {"lettiska", "Latvian"},
}

func languageCodes() []string { return slices.Sorted(maps.Keys(languageNames)) }

// languageName is the language's own name in Swedish or English, or its code.
func languageName(code, lang string) string {
	n, ok := languageNames[code]
	switch {
	case !ok:
		return code
	case lang == "sv":
		return n[0]
	default:
		return n[1]
	}
}
