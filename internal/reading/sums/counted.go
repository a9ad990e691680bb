package sums

// counted are what thousands and millions are of, where no sign says that they are pounds.
var counted = map[string]bool{
	"patients": true, "people": true, "population": true, "residents": true, "homes": true, "households": true, "practices": true,
	"appointments": true, "consultations": true, "referrals": true, "contacts": true, "visits": true, "jobs": true, "users": true,
	"tonnes": true, "registered": true, "properties": true, "run": true, "runs": true, "walk": true, "race": true, "steps": true,
	"wide": true, "high": true, "long": true, "deep": true, "tall": true, "apart": true, "radius": true, "distance": true, "miles": true,
	"residential": true, "dwellings": true, "houses": true, "children": true, "adults": true, "visitors": true, "passengers": true, "trees": true,
	"vehicles": true, "customers": true, "members": true, "clients": true, "carers": true, "staff": true, "calls": true, "records": true,
}

// mayCount says whether a word behind thousands without a sign may be what there are so many of: "12k signatures", but not
// "12k capital".
func (r *reader) mayCount(i int) bool {
	w := r.at(i)
	return w.end > w.at && w.lower[0] >= 'a' && w.lower[0] <= 'z' && !w.capital && !breaks[w.lower] && !spoken[w.lower] && !sources[w.lower] && !stepWords[w.lower]
}

// spoken are words that are said of money.
var spoken = map[string]bool{
	"capital": true, "revenue": true, "budget": true, "allocation": true, "allocated": true, "available": true, "approved": true, "required": true,
	"requested": true, "received": true, "secured": true, "spend": true, "spent": true, "saving": true, "savings": true, "slippage": true,
	"underspend": true, "recurring": true, "one": true, "nr": true, "p": true, "gbp": true, "annually": true, "each": true, "cost": true, "costs": true,
	"match": true, "contribution": true, "contract": true, "set": true, "over": true, "until": true, "across": true, "during": true, "up": true, "then": true,
	"pounds": true, "maximum": true, "max": true, "approx": true, "yr": true, "yearly": true, "monthly": true, "ph": true, "pp": true, "if": true, "once": true, "invested": true,
	"increase": true, "reduction": true, "uplift": true, "gap": true, "shortfall": true, "pot": true, "contingency": true, "fees": true, "transformation": true,
}

// counts says whether a number counts something else than money: "45 per 1,000".
func (r *reader) counts(i int) bool {
	before := r.at(i - 1).lower
	return before == "/" || before == "-" && (r.at(i-2).number || r.at(i).glued) || before == "%"
}
