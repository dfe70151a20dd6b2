; Berth's own guest: a small monitor that talks on the first serial port and on the VGA text screen at once, and listens to the
; serial port and the keyboard. It needs no system below it. One source, two builds:
;
;   nasm -f bin -DROM  -o monitor.rom monitor.asm   64 KiB, entered at F000:FFF0, brings every driver itself (Berth's own machines)
;   nasm -f bin -DDISK -o monitor.img monitor.asm   a disk or floppy that a BIOS boots (QEMU, VirtualBox, SeaBIOS)
;
; It stands still (hlt) while nobody types, and switches the machine off when the power button is pressed, as a system does.

bits 16
cpu 386
org 0

%ifdef ROM
  %define PLACE 0xf000
%elifdef DISK
  %define PLACE 0x1000
%else
  %error "build with -DROM or -DDISK"
%endif

COM         equ 0x3f8
SCREEN      equ 0xb800
COLUMNS     equ 80
ROWS        equ 25
PLAIN       equ 0x07
BRIGHT      equ 0x0f
ACCENT      equ 0x0b
LINE_MAX    equ 200
LINE_SECTOR equ 63              ; where `write` keeps its line: after everything that boots

; What it remembers, in segment 0. DS is 0 throughout; words of its own are read through CS.
counter     equ 0x600           ; dword
column      equ 0x604           ; byte: the screen's cursor
row         equ 0x605
colour      equ 0x606
has_serial  equ 0x607
pm_port     equ 0x608           ; word: ACPI's PM1 registers; 0 where none were found
boot_drive  equ 0x60a
length      equ 0x60b           ; of the line being typed
skip_lf     equ 0x60c           ; a line feed after a carriage return ends no second line
escape      equ 0x60d           ; inside an escape sequence: 1 after ESC, 2 after ESC [
shift       equ 0x60e
control     equ 0x60f
heads       equ 0x610           ; word
sectors     equ 0x612           ; word
key_head    equ 0x614           ; byte: ring of what the keyboard brought
key_tail    equ 0x615
has_disk    equ 0x616
line_stuck  equ 0x617           ; nobody reads the serial line: VirtualBox then never frees it
packet      equ 0x620           ; 16 bytes, for the BIOS
keys        equ 0x640           ; 32 bytes
line        equ 0x700           ; LINE_MAX and an end
sector      equ 0x1000          ; 512 bytes

%ifdef DISK
  %include "boot.asm"
%endif

; start
start:
        cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
%ifdef DISK
        mov     bl, [boot_drive]
        mov     cx, [sectors]
        mov     dx, [heads]
%endif
        mov     di, 0x600
        push    cx
        mov     cx, 0x100
        rep     stosw
        pop     cx
        mov     byte [colour], PLAIN
%ifdef DISK
        mov     [boot_drive], bl
        mov     [sectors], cx
        mov     [heads], dx
        mov     byte [has_disk], 1
        mov     ax, 3                   ; 80 × 25, colours
        int     0x10
        cli
%else
        call    init_vectors
        call    init_pci
        call    init_pic
        call    init_timer
        call    init_screen
        call    init_keyboard
        call    init_disk
%endif
        call    init_serial
        call    init_power
        call    clear

        mov     si, text_welcome
        call    say
        jmp     prompt

%include "conversation.asm"
%include "commands.asm"
%include "saying.asm"
%include "listening.asm"
%include "power.asm"
%include "disk.asm"
%ifdef ROM
  %include "hardware.asm"
%endif
%include "words.asm"

%ifdef ROM
        times 0xfff0 - ($ - $$) db 0
        jmp     PLACE:start
        times 0x10000 - ($ - $$) db 0
%else
        times (512 - ($ - $$) % 512) % 512 db 0
SECTORS equ ($ - $$) / 512
%endif
