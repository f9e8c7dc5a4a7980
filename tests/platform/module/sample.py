"""A module that uses every part of the format, in assembly text."""

SAMPLE = r"""
module "sample" version "1.0.0"
permission "transfer"
parameters {"type": "object", "properties": {"threshold": {"type": "number", "default": 740}}}
variable "last": optional(number)
type "Message" open { "status": any "score": number "price": any }
type "Order" declared { "total": number = 1.5 "state": enum("NEW", "PAID") = "NEW" "lines": list(int) = [1, 2] }
type "Rush" declared extends 1 { "due": optional(date) }
const "GET_PRICE" const 740 const "threshold" const 0.8 const date"2026-03-01" const "boom" const "push"
import "abs" import "print" import "transfer"
function "score" params 1 locals 1 { load 0 get_slot 0 1 get_parameter 2 gt_or_false return }
function "price" params 1 locals 1 {
  load 0 load 0 get_slot 0 1 const 3 mul set_slot 0 2
  load 0 update_slots [2]
  null return }
function "loop" params 1 locals 3 {
  int 0 store 1
  L: load 1 load 0 lt jump_if_false E load 1 int 1 add store 1 jump L
  E: load 1 dup set_variable 0 return }
function "lists" params 0 locals 2 {
  new_list 0 store 0 load 0 int 1 method 6 1 pop load 0 int 0 get_index new_record 1 get_slot 1 0 add return }
function "calls" params 1 locals 1 { load 0 call 2 1 native 0 1 native 1 1 return }
function "both" params 2 locals 2 { load 0 get_slot 0 1 load 1 get_slot 0 1 le_or_false return }
function "fail" params 0 locals 0 { const 5 revert }
endpoint "quote" ("score": number = 1, "name": optional(text)) returns optional(number) function 5
rules "rules/pricing.drl" strategy drools {
  alpha type 0
  alpha compare 0 0 eq 0
  alpha code 1 0
  beta join left none right 2 keys [] tests []
  beta not left 0 right 0 keys [(0, 0, 0)] tests [5]
  rule "Pricing" salience -10 no_loop beta 1 function 1
}
"""
