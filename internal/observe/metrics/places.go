package metrics

import "github.com/prometheus/client_golang/prometheus"

// Places are those that a server shares out among its callers, of one kind.
type Places struct {
	Of          string // what they are places for: one of a closed set
	Taken, Most int
	Refused     uint64 // since the start
}

// placesCollector describes places. What there is of them is part of the state.
type placesCollector struct{ taken, most, refused, strangers, closed, quota, parties *prometheus.Desc }

func newPlacesCollector() placesCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return placesCollector{
		taken:     desc("milepost_places", "Places that are taken, of those that are shared out among callers.", "of"),
		most:      desc("milepost_places_limit", "How many places there are for all callers.", "of"),
		refused:   desc("milepost_places_refused_total", "How often a caller was refused a place more.", "of"),
		strangers: desc("milepost_strangers", "Connections of those who have not proved who they are."),
		closed:    desc("milepost_strangers_closed_total", "Such connections that were closed, for their time was over or to make room."),
		quota:     desc("milepost_quota_used_ratio", "The greatest part of its quota, from 0 to 1, that a caller or a plan has used by what was stated last since the start.", "of"),
		parties:   desc("milepost_parties", "People and organisations whose names are kept."),
	}
}

func (c placesCollector) describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.taken, c.most, c.refused, c.strangers, c.closed, c.quota, c.parties} {
		to <- d
	}
}

func (c placesCollector) collect(s State, to chan<- prometheus.Metric) {
	for _, p := range s.Places {
		to <- prometheus.MustNewConstMetric(c.taken, prometheus.GaugeValue, float64(p.Taken), p.Of)
		to <- prometheus.MustNewConstMetric(c.most, prometheus.GaugeValue, float64(p.Most), p.Of)
		to <- prometheus.MustNewConstMetric(c.refused, prometheus.CounterValue, float64(p.Refused), p.Of)
	}
	to <- prometheus.MustNewConstMetric(c.strangers, prometheus.GaugeValue, float64(s.Strangers))
	to <- prometheus.MustNewConstMetric(c.closed, prometheus.CounterValue, float64(s.StrangersClosed))
	for of, part := range s.Quotas {
		to <- prometheus.MustNewConstMetric(c.quota, prometheus.GaugeValue, part, of)
	}
	to <- prometheus.MustNewConstMetric(c.parties, prometheus.GaugeValue, float64(s.Parties))
}
