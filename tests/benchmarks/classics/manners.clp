; Miss Manners for CLIPS: the same rules as manners.drl.

(deftemplate guest (slot name) (slot sex) (slot hobby))

(deftemplate last-seat (slot seat))

(deftemplate count (slot value))

(deftemplate context (slot state))

(deftemplate seating (slot id) (slot parent) (slot done) (slot seat1) (slot name1) (slot seat2) (slot name2))

(deftemplate path (slot id) (slot name) (slot seat))

(deftemplate chosen (slot id) (slot name) (slot hobby))

(defrule assign-first-seat
  ?context <- (context (state start))
  (guest (name ?name))
  ?count <- (count (value ?id))
  =>
  (assert (seating (id ?id) (parent 0) (done yes) (seat1 1) (name1 ?name) (seat2 1) (name2 ?name)))
  (assert (path (id ?id) (name ?name) (seat 1)))
  (modify ?count (value (+ ?id 1)))
  (modify ?context (state assign-seats)))

(defrule find-seating
  ?context <- (context (state assign-seats))
  (seating (done yes) (seat2 ?seat) (name2 ?last) (id ?id))
  (guest (name ?last) (sex ?sex) (hobby ?hobby))
  (guest (name ?name) (sex ~?sex) (hobby ?hobby))
  ?count <- (count (value ?new))
  (not (path (id ?id) (name ?name)))
  (not (chosen (id ?id) (name ?name) (hobby ?hobby)))
  =>
  (assert (seating (id ?new) (parent ?id) (done no) (seat1 ?seat) (name1 ?last) (seat2 (+ ?seat 1)) (name2 ?name)))
  (assert (path (id ?new) (name ?name) (seat (+ ?seat 1))))
  (assert (chosen (id ?id) (name ?name) (hobby ?hobby)))
  (modify ?count (value (+ ?new 1)))
  (modify ?context (state make-path)))

(defrule make-path
  (context (state make-path))
  (seating (id ?id) (parent ?parent) (done no))
  (path (id ?parent) (name ?name) (seat ?seat))
  (not (path (id ?id) (name ?name)))
  =>
  (assert (path (id ?id) (name ?name) (seat ?seat))))

(defrule path-done
  (declare (salience -1))
  ?context <- (context (state make-path))
  ?seating <- (seating (done no))
  =>
  (modify ?seating (done yes))
  (modify ?context (state check-done)))

(defrule are-we-done
  ?context <- (context (state check-done))
  (last-seat (seat ?last))
  (seating (seat2 ?last))
  =>
  (modify ?context (state print-results)))

(defrule continue
  (declare (salience -1))
  ?context <- (context (state check-done))
  =>
  (modify ?context (state assign-seats)))

(defrule print-results
  (context (state print-results))
  (last-seat (seat ?last))
  (seating (id ?id) (seat2 ?last))
  (path (id ?id) (name ?name) (seat ?seat))
  =>
  (format nil "seat %d: %s" ?seat ?name))

(defrule all-done
  (declare (salience -1))
  ?context <- (context (state print-results))
  =>
  (modify ?context (state done)))
