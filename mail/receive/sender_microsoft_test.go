package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	insideHop = "Received: from AM0PR04CA0012.eurprd04.prod.outlook.com (2603:10a6:208:be::17)\r\n by DB7PR04MB4123.eurprd04.prod.outlook.com with HTTPS; Mon, 4 Mar 2024 10:12:02 +0000"
	edgeHop   = "Received: from mail.victim.com (192.0.2.1) by AM7EUR03FT010.mail.protection.outlook.com\r\n (10.152.16.120) with Microsoft SMTP Server (version=TLS1_2) id 15.20.7; Mon, 4 Mar 2024 10:12:01 +0000"
	msPass    = "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=victim.com; dkim=pass (signature was verified)\r\n header.d=victim.com;dmarc=pass action=none\r\n header.from=victim.com;compauth=pass reason=100"
	stranger  = "X-MS-Exchange-Organization-AuthAs: Anonymous"
)

func TestR22_Microsoft365(t *testing.T) {
	t.Parallel()
	const from = "From: Ann <ann@victim.com>"
	forged := "Authentication-Results: spf=pass smtp.mailfrom=victim.com; dmarc=pass action=none header.from=victim.com"
	spf := "Received-SPF: Pass (protection.outlook.com: domain of victim.com designates\r\n 192.0.2.1 as permitted sender) receiver=protection.outlook.com;"
	tests := []struct {
		name   string
		header []string
		method string
		reason string
	}{
		{"through the edge", []string{insideHop, insideHop, msPass, spf, edgeHop, from, stranger}, "dmarc", ""},
		{"without Received-SPF", []string{insideHop, msPass, edgeHop, from, stranger}, "dmarc", ""},
		{"under the common name", []string{insideHop, strings.Replace(msPass, "Results: ", "Results: mx.microsoft.com 1; ", 1), spf, edgeHop, from, stranger}, "dmarc", ""},
		{"without a policy", []string{insideHop, strings.Replace(msPass, "dmarc=pass", "dmarc=bestguesspass", 1), spf, edgeHop, from, stranger}, "spf", ""},
		{"dmarc fails", []string{insideHop, strings.Replace(msPass, "dmarc=pass action=none", "dmarc=fail action=oreject", 1), spf, edgeHop, from, stranger}, "", SenderDMARCFailed},
		{"of somebody else", []string{insideHop, strings.ReplaceAll(msPass, "victim.com", "evil.com"), spf, edgeHop, from, stranger}, "", SenderNotAligned},
		{"compauth alone", []string{insideHop, "Authentication-Results: spf=none smtp.mailfrom=victim.com; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=victim.com;compauth=pass reason=130", spf, edgeHop, from, stranger}, "", SenderNotAligned},
		{"under another name", []string{insideHop, strings.Replace(msPass, "Results: ", "Results: mx.test; ", 1), spf, edgeHop, from, stranger}, "", SenderUnreadable},
		{"without any Received", []string{msPass, from, stranger}, "", SenderNoResults},
		{"without a host inside", []string{msPass, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"without the edge", []string{insideHop, msPass, spf, from, stranger}, "", SenderNoResults},
		{"forged below what the edge wrote", []string{insideHop, strings.Replace(msPass, "dmarc=pass", "dmarc=fail", 1), spf, edgeHop, forged, from, stranger}, "", SenderDMARCFailed},
		{"forged with all around below the edge", []string{insideHop, strings.Replace(msPass, "dmarc=pass", "dmarc=fail", 1), spf, edgeHop, insideHop, forged, spf, edgeHop, from, stranger}, "", SenderDMARCFailed},
		{"the edge wrote none", []string{insideHop, spf, edgeHop, forged, from, stranger}, "", SenderNoResults},
		{"the edge wrote none, and the sender all", []string{insideHop, edgeHop, insideHop, forged, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"mail inside of the tenant", []string{insideHop, forged, spf, edgeHop, from, "X-MS-Exchange-Organization-AuthAs: Internal"}, "", SenderNoResults},
		{"said twice", []string{insideHop, forged, spf, edgeHop, from, stranger, "X-MS-Exchange-Organization-AuthAs: Internal"}, "", SenderNoResults},
		{"not said", []string{insideHop, forged, spf, edgeHop, from}, "", SenderNoResults},
		{"received by a stranger's host", []string{"Received: from a by b.prod.outlook.com.evil.com with x; y", forged, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"a host that ends alike", []string{"Received: from a by evilprod.outlook.com with x; y", forged, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"the host in the greeting", []string{"Received: from x.prod.outlook.com by mx.evil.com with x; y", forged, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"the host in a comment", []string{"Received: from a (by x.prod.outlook.com with x) by mx.evil.com with x; y", forged, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"an open comment", []string{"Received: from a ( by x.prod.outlook.com with x; y", forged, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"a greeting of several words", []string{"Received: from by by x.prod.outlook.com (1.2.3.4) by mx.evil.com with x; y", forged, spf, edgeHop, from, stranger}, "", SenderNoResults},
		{"broken", []string{insideHop, "Authentication-Results: spf=pass smtp.mailfrom=\"victim.com; dmarc=pass header.from=victim.com", spf, edgeHop, from, stranger}, "", SenderUnreadable},
		{"forged in a quoted value", []string{insideHop, `Authentication-Results: spf=pass smtp.mailfrom="x; dmarc=pass header.from=victim.com; y"@evil.com`, spf, edgeHop, from, stranger}, "", SenderNotAligned},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := crlfMail(append(tt.header, "", "hello")...)
			verdict := VerifySender(raw, Microsoft365)
			require.Equal(t, tt.reason, verdict.Reason)
			require.Equal(t, tt.method, verdict.Method)
			require.Equal(t, tt.method != "", verdict.Pass)
			require.False(t, VerifySender(raw, "mx.test").Pass, "without the setting nothing passes")
			require.False(t, VerifySender(raw, "spf").Pass, "the first method is no name")
		})
	}
}

func TestR22_VerificationCases(t *testing.T) {
	t.Parallel()
	require.Equal(t, SenderVerdict{Pass: true, Method: "dkim", Domain: "northwind.example.org"}, VerifySender(caseMail(t, "33"), "mx.example.org"))
	microsoft := caseMail(t, "34")
	require.Equal(t, SenderNoResults, VerifySender(microsoft, "mx.example.org").Reason)
	require.Equal(t, SenderNoResults, VerifySender(microsoft, Microsoft365).Reason, "nothing shows that Microsoft wrote it")
	head, body, found := strings.Cut(string(microsoft), "\nFrom:")
	require.True(t, found)
	placed := []byte(insideHop + "\r\n" + head + "\n" + edgeHop + "\r\n" + stranger + "\nFrom:" + body)
	require.Equal(t, SenderVerdict{Pass: true, Method: "dmarc", Domain: "example.org"}, VerifySender(placed, Microsoft365))
}

func TestR22_NameOfTheReceivingServer(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"mx.example.com", "mx", Microsoft365} {
		require.NoError(t, CheckAuthservID(good))
	}
	for _, bad := range []string{"", "mx.example.com; none", "mx example", "bücher.example", "example-org.mail.protection.outlook.com", "MX.Microsoft.com", "outlook.office365.com", "\"mx\""} {
		require.Error(t, CheckAuthservID(bad), bad)
	}
}
