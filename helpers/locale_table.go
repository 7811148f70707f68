package helpers

// Months that more than one row needs.
const (
	monthsEN = "January February March April May June July August September October November December"
	shortEN  = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
	monthsDE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
	shortDE  = "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."
	monthsFR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
	shortFR  = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."
	monthsES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
	shortES  = "ene feb mar abr may jun jul ago sept oct nov dic"
	monthsIT = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
	shortIT  = "gen feb mar apr mag giu lug ago set ott nov dic"
	monthsPT = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
	shortPT  = "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."
	monthsNL = "januari februari maart april mei juni juli augustus september oktober november december"
	shortNL  = "jan feb mrt apr mei jun jul aug sep okt nov dec"
	monthsZH = "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月"
	monthsAR = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"

	formEN = "Name|Signature|Date"
	formDE = "Name|Unterschrift|Datum"
	formFR = "Nom|Signature|Date"
	formES = "Nombre|Firma|Fecha"
	formIT = "Nome|Firma|Data"
	formPT = "Nome|Assinatura|Data"
	formNL = "Naam|Handtekening|Datum"
)

// localeTable is never changed. English without a region writes short dates as
// ISO 8601 does, because 03/01 is read in two ways.
var localeTable = []localeRow{
	{"en", ". , #%", false, false, "yyyy-MM-dd|d MMM yyyy|d MMMM yyyy|, ", monthsEN, shortEN, formEN},
	{"en-US", ". , #%", false, false, "MM/dd/yyyy|MMM d, yyyy|MMMM d, yyyy|, ", monthsEN, shortEN, formEN},
	{"en-GB en-IE en-AU en-NZ en-SG", ". , #%", false, false, "dd/MM/yyyy|d MMM yyyy|d MMMM yyyy|, ", monthsEN, shortEN, formEN},
	{"en-CA", ". , #%", false, false, "yyyy-MM-dd|MMM d, yyyy|MMMM d, yyyy|, ", monthsEN, shortEN, formEN},
	{"de de-DE de-LU de-BE", ", . #_%", false, false, "dd.MM.yyyy|d. MMM yyyy|d. MMMM yyyy|, ", monthsDE, shortDE, formDE},
	{"de-AT", ", _ #_%", false, false, "dd.MM.yyyy|d. MMM yyyy|d. MMMM yyyy|, ",
		"Jänner Februar März April Mai Juni Juli August September Oktober November Dezember",
		"Jän. Feb. März Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez.", formDE},
	{"de-CH de-LI", ". ’ #%", false, false, "dd.MM.yyyy|d. MMM yyyy|d. MMMM yyyy|, ", monthsDE, shortDE, formDE},
	{"fr fr-FR fr-BE", ", ~ #~%", false, false, "dd/MM/yyyy|d MMM yyyy|d MMMM yyyy|, ", monthsFR, shortFR, formFR},
	{"fr-CA", ", _ #_%", false, false, "yyyy-MM-dd|d MMM yyyy|d MMMM yyyy|, ", monthsFR, shortFR, formFR},
	{"fr-CH", ", ~ #%", false, false, "dd.MM.yyyy|d MMM yyyy|d MMMM yyyy|, ", monthsFR, shortFR, formFR},
	{"es es-ES", ", . #_%", true, false, "dd/MM/yyyy|d MMM yyyy|d 'de' MMMM 'de' yyyy|, ", monthsES, shortES, formES},
	{"es-AR es-CL es-CO", ", . #_%", false, false, "dd/MM/yyyy|d MMM yyyy|d 'de' MMMM 'de' yyyy|, ", monthsES, shortES, formES},
	{"es-MX es-US", ". , #_%", false, false, "dd/MM/yyyy|d MMM yyyy|d 'de' MMMM 'de' yyyy|, ", monthsES, shortES, formES},
	{"it it-IT", ", . #%", false, false, "dd/MM/yyyy|d MMM yyyy|d MMMM yyyy|, ", monthsIT, shortIT, formIT},
	{"it-CH", ". ’ #%", false, false, "dd.MM.yyyy|d MMM yyyy|d MMMM yyyy|, ", monthsIT, shortIT, formIT},
	{"pt pt-BR", ", . #%", false, false, "dd/MM/yyyy|d 'de' MMM 'de' yyyy|d 'de' MMMM 'de' yyyy|, ", monthsPT, shortPT, formPT},
	{"pt-PT", ", _ #%", true, false, "dd/MM/yyyy|d 'de' MMM 'de' yyyy|d 'de' MMMM 'de' yyyy|, ", monthsPT, shortPT, formPT},
	{"nl nl-NL", ", . #%", false, false, "dd-MM-yyyy|d MMM yyyy|d MMMM yyyy|, ", monthsNL, shortNL, formNL},
	{"nl-BE", ", . #%", false, false, "dd/MM/yyyy|d MMM yyyy|d MMMM yyyy|, ", monthsNL, shortNL, formNL},
	{"pl pl-PL", ", _ #%", true, false, "dd.MM.yyyy|d MMM yyyy|d MMMM yyyy|, ",
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
		"sty lut mar kwi maj cze lip sie wrz paź lis gru", "Imię i nazwisko|Podpis|Data"},
	{"el el-GR el-CY", ", . #%", false, false, "dd/MM/yyyy|d MMM yyyy|d MMMM yyyy|, ",
		"Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
		"Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ", "Όνομα|Υπογραφή|Ημερομηνία"},
	{"ru ru-RU", ", _ #_%", false, false, "dd.MM.yyyy|d MMM yyyy 'г.'|d MMMM yyyy 'г.'|, ",
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
		"янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.", "ФИО|Подпись|Дата"},
	{"tr tr-TR", ", . %#", false, false, "dd.MM.yyyy|d MMM yyyy|d MMMM yyyy| ",
		"Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
		"Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara", "Ad Soyad|İmza|Tarih"},
	{"ja ja-JP", ". , #%", false, false, "yyyy/MM/dd|yyyy/MM/dd|yyyy年M月d日| ", monthsZH, monthsZH, "氏名|署名|日付"},
	{"zh zh-CN zh-SG", ". , #%", false, false, "yyyy/MM/dd|yyyy年M月d日|yyyy年M月d日| ", monthsZH, monthsZH, "姓名|签名|日期"},
	{"zh-TW zh-HK", ". , #%", false, false, "yyyy/MM/dd|yyyy年M月d日|yyyy年M月d日| ", monthsZH, monthsZH, "姓名|簽名|日期"},
	{"ar ar-AE ar-EG ar-SA", ". , #%", false, true, "dd/MM/yyyy|d MMM yyyy|d MMMM yyyy|، ", monthsAR, monthsAR, "الاسم|التوقيع|التاريخ"},
	{"he he-IL", ". , #%", false, true, "dd.MM.yyyy|d בMMM yyyy|d בMMMM yyyy|, ",
		"ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
		"ינו׳ פבר׳ מרץ אפר׳ מאי יוני יולי אוג׳ ספט׳ אוק׳ נוב׳ דצמ׳", "שם|חתימה|תאריך"},
}
