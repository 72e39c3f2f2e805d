package webtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"hemvist/internal/signin"
)

// Provider is an organisation's identity provider in software: it speaks OpenID Connect and makes real signatures. Its fields let it lie,
// and are set while nobody asks it.
type Provider struct {
	*httptest.Server
	Person  map[string]any       // the claims of whoever comes
	Forge   func(map[string]any) // changes the signed claims before they are signed
	Unnamed bool                 // says nothing of the person but in the other place that there is for it
	Alg     string               // "ES256"; "none" for no signature at all
	Stalls  bool                 // answers nothing until whoever asks has gone
	Broken  bool                 // answers what is no answer
	Client  string               // the name and the secret that it knows this house by
	Secret  string

	now  func() time.Time
	key  *ecdsa.PrivateKey
	mu   sync.Mutex
	came map[string]url.Values // by code: what the browser brought
	n    int
}

// NewProvider starts a provider whose clock is the house's, and lets the house ask it.
func (h *House) NewProvider(t testing.TB) *Provider {
	t.Helper()
	p := &Provider{Alg: "ES256", Client: "hemvist", Secret: "en hemlighet som bara är till prov", now: h.Clock.Now, came: map[string]url.Values{}}
	var err error
	p.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, "make the provider's key", err)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.configuration)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /person", p.person)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case p.Stalls:
			<-r.Context().Done()
		case p.Broken:
			_, _ = w.Write([]byte("<h1>Driftstopp</h1>"))
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(p.Close)
	h.SignIns.AllowProviders(func(ctx context.Context) context.Context { return oidc.ClientContext(ctx, p.Server.Client()) }, true)
	return p
}

// Settings are what an administrator would write to connect the provider.
func (p *Provider) Settings(rules ...signin.Rule) signin.Provider {
	s := signin.NewProvider()
	s.Active, s.Issuer, s.ClientID, s.Mapping.Rules = true, p.URL, p.Client, rules
	return s
}

// Answer is what a browser brings back from the address that it was sent to.
func (p *Provider) Answer(t testing.TB, address string) signin.Return {
	t.Helper()
	u, err := url.Parse(address)
	must(t, "read where the browser is sent", err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	code := "code-" + base64.RawURLEncoding.EncodeToString([]byte{byte(p.n >> 8), byte(p.n)})
	p.came[code] = u.Query()
	return signin.Return{State: u.Query().Get("state"), Code: code, Issuer: p.URL}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *Provider) configuration(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "userinfo_endpoint": p.URL + "/person", "id_token_signing_alg_values_supported": []string{"ES256", "none"}})
}

var b64 = base64.RawURLEncoding

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	point, _ := p.key.PublicKey.Bytes() // 4, x, y; a key that was made has them
	reply(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "one",
		"x": b64.EncodeToString(point[1:33]), "y": b64.EncodeToString(point[33:])}}})
}

// token gives the signed claims for a code, once, to whoever has the secret and the verifier.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if basic { // RFC 6749, section 2.3.1: both are encoded as forms are
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	p.mu.Lock()
	asked, known := p.came[r.PostFormValue("code")]
	delete(p.came, r.PostFormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case id != p.Client || secret != p.Secret:
		reply(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
	case !known || asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") != b64.EncodeToString(sum[:]) ||
		asked.Get("redirect_uri") != r.PostFormValue("redirect_uri"):
		reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
	default:
		reply(w, http.StatusOK, map[string]any{"access_token": "open", "token_type": "Bearer", "expires_in": 60, "id_token": p.sign(asked.Get("nonce"))})
	}
}

func (p *Provider) sign(nonce string) string {
	c := map[string]any{}
	if !p.Unnamed {
		c = maps.Clone(p.Person)
	}
	maps.Copy(c, map[string]any{"iss": p.URL, "aud": p.Client, "sub": p.Person["sub"], "nonce": nonce, "iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix()})
	if p.Forge != nil {
		p.Forge(c)
	}
	head, _ := json.Marshal(map[string]string{"alg": p.Alg, "kid": "one", "typ": "JWT"})
	body, _ := json.Marshal(c) // plain values only
	text := b64.EncodeToString(head) + "." + b64.EncodeToString(body)
	if p.Alg == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		return ""
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + b64.EncodeToString(signature)
}

func (p *Provider) person(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer open" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	reply(w, http.StatusOK, p.Person)
}
