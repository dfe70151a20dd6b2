; A guest that draws: the first sector of a floppy, in 320 x 200 pixels of 256 colours (mode 13h). Its left half is red and its
; right half green. A yellow square of 3 x 3 pixels is where the pointer is, from the middle on; with the left button pressed it
; is white. What it leaves is green. The key b makes all blue, and Escape goes back to a screen of text that says so.
;
;       nasm -f bin graphics-guest.asm -o graphics-guest.bin

        org     0x7c00
        bits    16

red     equ     4
green   equ     2
blue    equ     1
yellow  equ     14
white   equ     15
across  equ     320
down    equ     200

        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        cld
        mov     ax, 0x0013
        int     0x10
        mov     ax, 0xa000
        mov     es, ax

        xor     di, di
        mov     dx, down
.row:   mov     cx, across / 2
        mov     al, red
        rep stosb
        mov     cx, across / 2
        mov     al, green
        rep stosb
        dec     dx
        jnz     .row
        mov     al, yellow
        call    square

        ; The BIOS's pointing device: three bytes a packet, our handler, on.
        mov     ax, 0xc205
        mov     bh, 3
        int     0x15
        push    ds
        pop     es
        mov     bx, moved
        mov     ax, 0xc207
        int     0x15
        mov     ax, 0xc200
        mov     bh, 1
        int     0x15

keys:   xor     ax, ax
        int     0x16
        cmp     al, 'b'
        je      .blue
        cmp     al, 27
        jne     keys
        mov     ax, 0x0003
        int     0x10
        mov     si, text
        mov     ah, 0x0e
.say:   lodsb
        test    al, al
        jz      keys
        int     0x10
        jmp     .say
.blue:  mov     ax, 0xa000
        mov     es, ax
        xor     di, di
        mov     cx, across * down
        mov     al, blue
        rep stosb
        jmp     keys

; Called by the BIOS with nothing, y, x and the buttons on the stack.
moved:  push    bp
        mov     bp, sp
        pusha
        push    ds
        push    es
        xor     ax, ax
        mov     ds, ax
        mov     al, green
        call    square
        mov     ax, [bp + 10]           ; x, its sign in the buttons' bit 4
        test    byte [bp + 12], 0x10
        jz      .right
        or      ah, 0xff
.right: add     [x], ax
        mov     ax, [bp + 8]            ; y, up is positive, its sign in bit 5
        test    byte [bp + 12], 0x20
        jz      .up
        or      ah, 0xff
.up:    sub     [y], ax
        mov     bx, x
        mov     cx, across - 3
        call    bound
        mov     bx, y
        mov     cx, down - 3
        call    bound
        mov     al, yellow
        test    byte [bp + 12], 1
        jz      .draw
        mov     al, white
.draw:  call    square
        pop     es
        pop     ds
        popa
        pop     bp
        retf

; Keeps the number at bx from 0 to cx.
bound:  cmp     word [bx], 0
        jge     .low
        mov     word [bx], 0
.low:   cmp     [bx], cx
        jle     .high
        mov     [bx], cx
.high:  ret

; Three by three pixels in the colour al where the pointer is.
square: push    ax
        mov     bx, 0xa000
        mov     es, bx
        mov     ax, [y]
        mov     bx, across
        mul     bx
        add     ax, [x]
        mov     di, ax
        pop     ax
        mov     dx, 3
.line:  mov     cx, 3
        rep stosb
        add     di, across - 3
        dec     dx
        jnz     .line
        ret

x       dw      160
y       dw      100
text    db      "Back in text.", 0

        times   510 - ($ - $$) db 0
        dw      0xaa55
