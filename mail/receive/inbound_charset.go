package receive

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// charsetFamily says how the bytes of a charset are told from those of others.
type charsetFamily int

const (
	unknownCharset charsetFamily = iota // not declared, or made up
	utf8Charset                         // also ASCII
	westernCharset                      // read as Windows-1252
	singleCharset                       // another one of one byte a character
	doubleCharset                       // of one or two bytes: Chinese, Japanese, Korean
	escapedCharset                      // of 7 bits, switched by control sequences
	utf16Charset                        // in either byte order
	utf32Charset
	utf7Charset
)

// mailCharset is a charset as mails name it.
type mailCharset struct {
	family charsetFamily
	enc    encoding.Encoding // of an escaped one: of the same characters in 8 bits
	shift  shiftState        // of an escaped one: how it begins
	lead   leadBytes         // of a double-byte one
}

var (
	utf8Text    = mailCharset{family: utf8Charset}
	westernText = mailCharset{family: westernCharset, enc: charmap.Windows1252}
	shiftJIS    = mailCharset{family: doubleCharset, enc: japanese.ShiftJIS, lead: leadBytes{usual: "\x81\x83", fair: "\x88\x97"}}
	eucJP       = mailCharset{family: doubleCharset, enc: japanese.EUCJP, lead: leadBytes{usual: "\xA1\xA1\xA4\xA5", fair: "\xB0\xCF"}}
	eucKR       = mailCharset{family: doubleCharset, enc: korean.EUCKR, lead: leadBytes{usual: "\xA1\xA1\xB0\xC8"}}
	big5        = mailCharset{family: doubleCharset, enc: traditionalchinese.Big5, lead: leadBytes{usual: "\xA1\xA1\xA4\xC6"}}
	// GB 18030 has the characters of GBK and GB 2312 where they have them.
	gb18030   = mailCharset{family: doubleCharset, enc: simplifiedchinese.GB18030, lead: leadBytes{usual: "\xA1\xA1\xA3\xA3\xB0\xD7"}}
	iso2022JP = mailCharset{family: escapedCharset, enc: japanese.EUCJP, lead: eucJP.lead}
	iso2022KR = mailCharset{family: escapedCharset, enc: korean.EUCKR, lead: eucKR.lead, shift: shiftState{outShift: true}}
	iso2022CN = mailCharset{family: escapedCharset, enc: simplifiedchinese.GB18030, lead: gb18030.lead, shift: shiftState{outShift: true}}
	hzGB2312  = mailCharset{family: escapedCharset, enc: simplifiedchinese.GB18030, lead: gb18030.lead, shift: shiftState{tilde: true}}
)

// charsetNames are the names that the tables of the web and of IANA lack or mean
// otherwise, as letters and digits.
var charsetNames = map[string]mailCharset{
	"": {}, "utf8": utf8Text, "3dutf8": utf8Text, "utf8mb4": utf8Text, "utf8sig": utf8Text, "unicode11utf8": utf8Text, "xunicode20utf8": utf8Text,
	"ascii": westernText, "usascii": westernText, "3dusascii": westernText, "ansix341968": westernText, "ansix341986": westernText, "iso646us": westernText,
	"iso88591": westernText, "latin1": westernText, "88591": westernText, "3diso88591": westernText, "cp1252": westernText, "ansi": westernText, "windows1252": westernText,
	"iso885915": {family: singleCharset, enc: charmap.ISO8859_15}, "latin9": {family: singleCharset, enc: charmap.ISO8859_15},
	"gb2312": gb18030, "gbk": gb18030, "xgbk": gb18030, "cp936": gb18030, "ms936": gb18030, "gb18030": gb18030, "euccn": gb18030, "cngb": gb18030, "chinesegb": gb18030,
	"gb231280": gb18030, "windows936": gb18030,
	"big5": big5, "cp950": big5, "ms950": big5, "big5hkscs": big5, "cnbig5": big5, "xxbig5": big5, "windows950": big5, "xbig5": big5,
	"shiftjis": shiftJIS, "sjis": shiftJIS, "xsjis": shiftJIS, "cp932": shiftJIS, "ms932": shiftJIS, "windows31j": shiftJIS, "mskanji": shiftJIS,
	"eucjp": eucJP, "xeucjp": eucJP, "ujis": eucJP,
	"euckr": eucKR, "ksc56011987": eucKR, "ksc5601": eucKR, "cp949": eucKR, "ms949": eucKR, "uhc": eucKR, "windows949": eucKR,
	"iso2022jp": iso2022JP, "iso2022jp1": iso2022JP, "iso2022jp2": iso2022JP, "iso2022jp3": iso2022JP, "iso2022jpms": iso2022JP, "cp50220": iso2022JP, "cp50221": iso2022JP,
	"csiso2022jp": iso2022JP, "jis": iso2022JP, "iso2022kr": iso2022KR, "csiso2022kr": iso2022KR, "iso2022cn": iso2022CN, "hzgb2312": hzGB2312, "hz": hzGB2312,
	"utf16": {family: utf16Charset}, "unicode": {family: utf16Charset}, "ucs2": {family: utf16Charset}, "iso10646ucs2": {family: utf16Charset},
	"utf16le": {family: utf16Charset, enc: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	"utf16be": {family: utf16Charset, enc: unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	"utf32":   {family: utf32Charset, enc: utf32.UTF32(utf32.BigEndian, utf32.UseBOM)}, "utf32be": {family: utf32Charset, enc: utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
	"utf32le": {family: utf32Charset, enc: utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
	"utf7":    {family: utf7Charset}, "unicode11utf7": {family: utf7Charset}, "xunicode20utf7": {family: utf7Charset},
	"cp1250": single("windows-1250"), "cp1251": single("windows-1251"), "win1251": single("windows-1251"), "cp1253": single("windows-1253"), "cp1254": single("windows-1254"),
	"cp1255": single("windows-1255"), "cp1256": single("windows-1256"), "cp1257": single("windows-1257"), "cp1258": single("windows-1258"),
	"koi8": single("koi8-r"), "cp850": {family: singleCharset, enc: charmap.CodePage850}, "cp437": {family: singleCharset, enc: charmap.CodePage437},
	"cp852": {family: singleCharset, enc: charmap.CodePage852}, "cp866": {family: singleCharset, enc: charmap.CodePage866},
}

func single(label string) mailCharset {
	enc, err := htmlindex.Get(label)
	if err != nil {
		return mailCharset{}
	}
	return mailCharset{family: singleCharset, enc: enc}
}

// maxCharsetName is the longest name of a charset, in bytes.
const maxCharsetName = 64

// findCharset reads the name of a charset as mails have it, with quotes, the
// word "charset=" once more, a language (RFC 2231, 5) or a year behind it.
func findCharset(label string) mailCharset {
	label = strings.ToLower(strings.Trim(label[:min(len(label), maxCharsetName)], " \t\"'"))
	label = strings.TrimPrefix(strings.TrimPrefix(label, "charset"), "=")
	if end := strings.IndexAny(label, "*;, \"'"); end > 0 {
		label = label[:end]
	}
	if found, ok := charsetNames[lettersAndDigits(label)]; ok {
		return found
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		if enc, err = ianaindex.IANA.Encoding(label); err != nil || enc == nil {
			return mailCharset{}
		}
	}
	name, _ := htmlindex.Name(enc) // "" where the web has no name for it
	if found, ok := charsetNames[lettersAndDigits(name)]; ok && name != "" {
		return found
	}
	if name == "replacement" || name == "x-user-defined" {
		return mailCharset{}
	}
	return mailCharset{family: singleCharset, enc: enc}
}

func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
