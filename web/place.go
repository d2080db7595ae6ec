package web

import (
	"net/netip"

	"github.com/gin-gonic/gin"
)

// place is where a request comes from: an IPv4 address, or the /64 of an IPv6
// address, which is the least that one household has. Behind a trusted proxy it is the
// address that the proxy names (api.Config.TrustedProxies).
func (p *Pages) place(c *gin.Context) string {
	p.warnOfProxy(c)
	ip, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return "" // one place for all that have none
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

// warnOfProxy says once where a proxy in front seems to be one that is not trusted:
// then all people are one place, and a few who mistype their password slow down all.
func (p *Pages) warnOfProxy(c *gin.Context) {
	peer, err := netip.ParseAddr(c.RemoteIP())
	if err != nil || !(peer.IsPrivate() || peer.IsLoopback()) || c.GetHeader("X-Forwarded-For") == "" || c.ClientIP() != c.RemoteIP() {
		return
	}
	p.proxyWarning.Do(func() {
		p.Log.WarnContext(c.Request.Context(), "X-Forwarded-For comes from an address that is not among TRUSTED_PROXIES; all who come through it count as one place", "proxy", peer)
	})
}
