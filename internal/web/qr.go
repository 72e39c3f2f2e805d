package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"

	"hemvist/internal/web/views"
)

// quietZone is how many modules of light stand around a QR code. Source: ISO/IEC 18004, 4 on each side.
const quietZone = 4

// qrOf is a text as a QR code that still reads when a sixth of it is torn or soiled (level Q of four would be a quarter, and finer).
func qrOf(text, title string) (views.QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return views.QR{}, fmt.Errorf("draw a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := 0; x < size; {
			from := x
			for x < size && dark(code.At(x, y).RGBA()) {
				x++
			}
			if x > from { // a row's run of dark modules as one rectangle
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quietZone, y+quietZone, x-from, x-from)
				continue
			}
			x++
		}
	}
	side := strconv.Itoa(size + 2*quietZone)
	return views.QR{Box: "0 0 " + side + " " + side, Side: side, Path: path.String(), Title: title}, nil
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }
