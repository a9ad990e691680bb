package returns

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/reading/rows"
)

// requestOfFirst is the request of the first row of a return.
func requestOfFirst(t *testing.T, plan, file string) *pb.SubmitRequest {
	t.Helper()
	r, err := rows.Open(strings.NewReader(file), false)
	if err != nil {
		t.Fatal(err)
	}
	row, refused, err := r.Next()
	if err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	return requestOf(row, plan, false)
}

func TestRequest(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"every column": {
			"as_at,ref,title,workstream,owner,delivery_date,actual_date,status,percent,funding,reason,source,Scheme\n" +
				"2017-01-31,A,Hub opens,Estates,Estates lead,2017-03,2017-01-30,on track,50%,Ward fund,landlord is late,minute 7,Hubs\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","source":"minute 7","milestone_amended":{"ref":"A","title":"Hub opens","workstream":"Estates","attributes":{"funding":"Ward fund","Scheme":"Hubs"},"allow_missing":true}},
				{"as_at":"2017-01-31","source":"minute 7","delivery_date_stated":{"ref":"A","delivery_date":"2017-03","reason":"landlord is late"}},
				{"as_at":"2017-01-31","source":"minute 7","owner_changed":{"ref":"A","owner":"Estates lead"}},
				{"as_at":"2017-01-31","source":"minute 7","progress_reported":{"ref":"A","percent":50,"status":"on track"}},
				{"as_at":"2017-01-31","source":"minute 7","milestone_achieved":{"ref":"A","actual_date":"2017-01-30"}}]}`,
		},
		"an empty cell says nothing": {
			"as_at,ref,title,workstream,owner,delivery_date,actual_date,status,percent,reason,source,scheme\n2017-01-31,A,,, ,,,,,,,\n",
			`{"plan":"p","commands":[{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}}]}`,
		},
		"complete without an actual date is asked about": {
			"as_at,ref,status\n2017-01-31,A,Complete\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","progress_reported":{"ref":"A","status":"Complete"}},
				{"as_at":"2017-01-31","review_raised":{"ref":"A","reason":"done-without-actual","field":"actual_date","text":"Complete","says":"It is said to be met, and no actual date is stated. Until one is, it is not counted as met."}}]}`,
		},
		"an owner of several names": {
			"as_at,ref,owner\n2017-01-31,A,CCG / Federation\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","owner_changed":{"ref":"A","owner":"CCG / Federation","shared_by":["CCG","Federation"]}}]}`,
		},
		"0 per cent is said": {
			"as_at,ref,percent\n2017-01-31,A,0\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","progress_reported":{"ref":"A","percent":0}}]}`,
		},
		"a reason without a date goes with the owner": {
			"as_at,ref,owner,status,reason\n2017-01-31,A,Estates lead,late,moved desks\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","owner_changed":{"ref":"A","owner":"Estates lead","reason":"moved desks"}},
				{"as_at":"2017-01-31","progress_reported":{"ref":"A","status":"late"}}]}`,
		},
		"a reason alone is about progress": {
			"as_at,ref,reason\n2017-01-31,A,waiting for the landlord\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","progress_reported":{"ref":"A","words":"waiting for the landlord"}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := requestOfFirst(t, "p", test.file)
			got.RequestId = ""
			want := got.ProtoReflect().New().Interface()
			if err := protojson.Unmarshal([]byte(test.want), want); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(want, got) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// The id of a row's request is for ever: a return that was pushed last year is known again.
func TestRequestID(t *testing.T) {
	id := func(plan, file string) string {
		t.Helper()
		return requestOfFirst(t, plan, file).GetRequestId()
	}
	first := id("p", "as_at,ref,title,owner\n2017-01-31,A,Hub,Kay\n")
	if want := "return-1-7f6be1129646aea2b2a15474dbb4db38ba6b821f9c09b661202283d491b491c5"; first != want {
		t.Errorf("the id is %s, and was %s", first, want)
	}
	for name, same := range map[string]string{
		"columns in another order": "Owner,ref,title,as at\nKay,A,Hub,2017-01-31\n",
		"an empty column more":     "as_at,ref,title,owner,status\n2017-01-31,A,Hub,Kay,\n",
		"quotes and spaces":        "as_at,ref,title,owner\r\n2017-01-31,\"A\", Hub ,Kay\r\n",
	} {
		if got := id("p", same); got != first {
			t.Errorf("%s: the id is another", name)
		}
	}
	for name, file := range map[string]string{
		"another day":          "as_at,ref,title,owner\n2017-02-28,A,Hub,Kay\n",
		"values changed round": "as_at,ref,title,owner\n2017-01-31,A,Kay,Hub\n",
		"cells run together":   "as_at,ref,title,owner\n2017-01-31,A,HubKay,\n",
	} {
		if got := id("p", file); got == first {
			t.Errorf("%s: the id is the same", name)
		}
	}
	if id("q", "as_at,ref,title,owner\n2017-01-31,A,Hub,Kay\n") == first {
		t.Error("another plan: the id is the same")
	}
}

func TestColumnOf(t *testing.T) {
	for field, want := range map[string]string{
		"commands[1].delivery_date_stated.delivery_date": "delivery_date",
		"commands[0].as_at":                               "as_at",
		"commands[0].milestone_amended.ref":               "ref",
		`commands[0].milestone_amended.attributes["kpi"]`: "kpi",
		"commands[0].milestone_amended.attributes[kpi]":   "kpi",
		"commands[2].progress_reported.words":             "reason",
		"plan":                                            "",
		"commands":                                        "",
		"":                                                "",
	} {
		if got := columnOf(field); got != want {
			t.Errorf("columnOf(%q) = %q, want %q", field, got, want)
		}
	}
}
