; saying
; CS:SI, both ways out.
say:
        mov     al, [cs:si]
        inc     si
        test    al, al
        jz      .end
        call    put
        jmp     say
.end:
        ret

; DS:SI.
say_data:
        mov     al, [si]
        inc     si
        test    al, al
        jz      .end
        call    put
        jmp     say_data
.end:
        ret

; CS:SI, to the serial line alone.
say_serial:
        mov     al, [cs:si]
        inc     si
        test    al, al
        jz      .end
        call    put_serial
        jmp     say_serial
.end:
        ret

; EAX as a decimal number.
put_number:
        mov     ebx, 10
        xor     cx, cx
.divide:
        xor     edx, edx
        div     ebx
        push    dx
        inc     cx
        test    eax, eax
        jnz     .divide
.digit:
        pop     ax
        add     al, '0'
        call    put
        loop    .digit
        ret

; AL, both ways out. Keeps every register.
put:
        call    put_serial
put_screen:
        pusha
        push    es
        mov     bx, SCREEN
        mov     es, bx
        cmp     al, 13
        je      .return
        cmp     al, 10
        je      .down
        cmp     al, 8
        je      .back
        cmp     al, 0x80
        jb      .draw
        cmp     al, 0xc0                ; the rest of a character that the screen has no picture of
        jb      .end
        mov     al, '?'
.draw:
        call    cell
        mov     ah, [colour]
        mov     [es:di], ax
        inc     byte [column]
        cmp     byte [column], COLUMNS
        jb      .cursor
.down_and_return:
        mov     byte [column], 0
.down:
        inc     byte [row]
        cmp     byte [row], ROWS
        jb      .cursor
        mov     byte [row], ROWS - 1
        call    scroll
        jmp     .cursor
.return:
        mov     byte [column], 0
        jmp     .cursor
.back:
        cmp     byte [column], 0
        jne     .left
        cmp     byte [row], 0
        je      .cursor
        dec     byte [row]
        mov     byte [column], COLUMNS
.left:
        dec     byte [column]
.cursor:
        call    cell
        shr     di, 1
        mov     dx, 0x3d4
        mov     al, 14
        mov     cx, di
        mov     ah, ch
        out     dx, ax
        mov     al, 15
        mov     ah, cl
        out     dx, ax
.end:
        pop     es
        popa
        ret

; DI: where the cursor's cell is. Changes only DI and DX.
cell:
        push    ax
        mov     al, COLUMNS * 2
        mul     byte [row]
        mov     di, ax
        movzx   dx, byte [column]
        add     di, dx
        add     di, dx
        pop     ax
        ret

scroll:
        push    ds
        push    es
        pop     ds
        mov     si, COLUMNS * 2
        xor     di, di
        mov     cx, COLUMNS * (ROWS - 1)
        rep     movsw
        mov     ax, (PLAIN << 8) | ' '
        mov     cx, COLUMNS
        rep     stosw
        pop     ds
        ret

clear:
        pusha
        push    es
        mov     ax, SCREEN
        mov     es, ax
        xor     di, di
        mov     ax, (PLAIN << 8) | ' '
        mov     cx, COLUMNS * ROWS
        rep     stosw
        mov     [column], byte 0
        mov     [row], byte 0
        pop     es
        popa
        ret

put_serial:
        cmp     byte [has_serial], 0
        je      .end
        pusha
        mov     ah, al
        mov     dx, COM + 5
        mov     bx, 16                  ; a line that is never free must not hold the screen up for long
        mov     cx, 0xffff
        cmp     byte [line_stuck], 0
        je      .wait
        mov     bx, 1                   ; and is waited for only once
        mov     cx, bx
.wait:
        in      al, dx
        test    al, 0x20
        loopz   .wait
        jnz     .waited
        dec     bx
        jnz     .wait
.waited:
        setz    [line_stuck]
        jz      .lost
        mov     al, ah
        mov     dx, COM
        out     dx, al
.lost:
        popa
.end:
        ret
