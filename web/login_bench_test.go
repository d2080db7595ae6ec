package web

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
)

// BenchmarkLogin measures the right password: alone, and right behind 100 wrong ones
// that strangers send at once from everywhere, from a known device and from a new
// browser, which may be refused.
func BenchmarkLogin(b *testing.B) {
	w := newWorldOf(b)
	known := w.login(w.ours.coach)
	right := url.Values{"email": {address(w.ours.coach)}, "password": {password}}
	place := 0
	measure := func(name string, strangers int, browser func() *visitor) {
		b.Run(name, func(b *testing.B) {
			refused := 0
			for range b.N {
				b.StopTimer()
				var tries, sent sync.WaitGroup
				for range strangers {
					place++
					email, from := fmt.Sprintf("nobody%d@ours.example", place), fmt.Sprintf("10.%d.%d.7", place>>8&255, place&255)
					sent.Add(1)
					tries.Go(func() {
						sent.Done()
						w.visitor().from(from, email, "a wrong password")
					})
				}
				sent.Wait()
				b.StartTimer()
				if browser().post("/login", right).status != http.StatusSeeOther {
					refused++
				}
				b.StopTimer()
				tries.Wait()
				b.StartTimer()
			}
			b.ReportMetric(float64(refused)/float64(b.N), "refused/op")
		})
	}
	device := func() *visitor { return &visitor{w: w, device: known.device} }
	measure("alone", 0, device)
	measure("known device behind 100 strangers", 100, device)
	measure("new browser behind 100 strangers", 100, w.visitor)
}
